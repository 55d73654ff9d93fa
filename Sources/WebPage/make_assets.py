"""Writes Assets+Generated.swift from the files in Assets, so that the program carries them:

    python3 Sources/WebPage/make_assets.py

Run it after every change there; WebAssetTests tells when it was forgotten. SwiftPM's own way to embed files takes
20 seconds to compile 60 kB; a string literal takes none.
"""
from pathlib import Path

folder = Path(__file__).parent
files = sorted(p for p in (folder / "Assets").iterdir() if p.suffix in (".css", ".js", ".svg"))
parts = []
for file in files:
    text = file.read_text(encoding="utf-8")
    assert '"""##' not in text and text.endswith("\n") and "\r" not in text, file
    parts.append(f'    (\n"{file.name}",\n##"""\n{text}\n"""##\n    ),\n')
(folder / "Assets+Generated.swift").write_text(
    "// swift-format-ignore-file\n\nextension WebAsset {\n"
    "  /// The files of Assets; written by make_assets.py.\n"
    "  static let texts: [(name: String, text: StaticString)] = [\n" + "".join(parts) + "  ]\n}\n",
    encoding="utf-8")
print(f"{len(files)} files, {sum(f.stat().st_size for f in files)} bytes")
