'use strict';
// CLIENT.md: every block of JavaScript runs, in order, and prints what stands beneath it. The example runs as well.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { describe, it } = require('node:test');
const { findProgram } = require('../client');

const PACKAGE = path.join(__dirname, '..');
let executable;
let skip = false;
try {
  executable = findProgram();
} catch (error) {
  skip = `not tested with the program: ${error.message}`;
}

function run(...args) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'backtester-'));
  try {
    const env = { ...process.env, BACKTESTER_EXECUTABLE: executable, BACKTESTER_DB: path.join(folder, 'default.sqlite') };
    return spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8', timeout: 300_000 });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

describe('CLIENT.md', { skip }, () => {
  it('prints what it shows', () => {
    const text = fs.readFileSync(path.join(PACKAGE, 'CLIENT.md'), 'utf8');
    const blocks = [...text.matchAll(/^```js\n([^]*?)^```\n\s*^```text\n([^]*?)^```$/gm)].map(([, code, printed]) => ({ code, printed }));
    assert.equal(blocks.length, text.match(/^```js$/gm).length);
    assert.equal(blocks.length, 5);
    const separator = '-- next block --';
    const code = blocks.map((block) => block.code).join(`\nconsole.log(${JSON.stringify(separator)});\n`)
      .replaceAll("require('./client')", `require(${JSON.stringify(path.join(PACKAGE, 'client.js'))})`);
    const done = run('-e', `(async () => {${code}})().catch((error) => { console.error(error); process.exit(1); });`);
    assert.equal(done.status, 0, done.stderr);
    assert.deepEqual(done.stdout.split(`${separator}\n`), blocks.map((block) => block.printed));
  });

  it('has an example that runs', () => {
    const done = run(path.join(PACKAGE, 'examples', 'client', 'client.js'));
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /^GOOG: 422\.01 %, 65 trades, at best 76238\nAAPL: .* trades, at best \d+\n$/);
  });
});
