#!/usr/bin/env python3
"""Writes Templates+Generated.swift from the folder Templates and the libraries of plugins/: python3 make_templates.py"""

from pathlib import Path

HERE = Path(__file__).resolve().parent
PLUGINS = HERE.parent.parent / "plugins"
LIBRARIES = {"c": "backtester.h", "javascript": "backtester.js"}
LANGUAGES = ["python", "javascript", "c", "shell", "swift"]

source = """// swift-format-ignore-file
// Written by make_templates.py; StrategyTemplatesTests compares it with the files.

extension StrategyTemplate {
  /// The files of each language, by path.
  static let generated: [String: [(path: String, text: String)]] = [
"""
for language in LANGUAGES:
    folder = HERE / "Templates" / language
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    if language in LIBRARIES:
        files[LIBRARIES[language]] = PLUGINS / language / LIBRARIES[language]
    source += f'    "{language}": [\n'
    for name in sorted(files):
        text = files[name].read_text(encoding="utf-8")
        assert '"""####' not in text and "\r" not in text, name
        # A multi-line literal ends before its last line feed.
        source += f'      ("{name}", ####"""\n{text}\n"""####),\n'
    source += "    ],\n"
source += "  ]\n}\n"
(HERE / "Templates+Generated.swift").write_text(source, encoding="utf-8")
