// Makes of the page's files and the packages it is made with one C++ source: node build.mjs
// PAGE MODULES OPENAPI OUT. Each file stands in it as it is and gzipped; the folder they are
// served from is named after what they hold, so that browsers may keep them for ever.
//
// Nothing is bundled: modules stay modules. Packages name each other ("preact/hooks"), which
// browsers only follow with an import map, and that would be an inline script: so the names
// become paths here.
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';

const [page, modules, openapi, out] = process.argv.slice(2);

const PACKAGES = {
  preact: ['preact.js', 'preact/dist/preact.mjs'],
  'preact/hooks': ['preact-hooks.js', 'preact/hooks/dist/hooks.mjs'],
  '@preact/signals-core': ['signals-core.js', '@preact/signals-core/dist/signals-core.mjs'],
  '@preact/signals': ['signals.js', '@preact/signals/dist/signals.mjs'],
  htm: ['htm.js', 'htm/dist/htm.mjs'],
};
const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
};

const withPaths = (text) =>
  text
    .replace(
      /\b(from|import)(\s*)(["'])([@a-z][^"'./]*(?:\/[^"'.]+)?)\3/g,
      (all, word, gap, quote, name) => {
        if (!(name in PACKAGES)) throw new Error(`the page imports ${name}, which is not listed`);
        return `${word}${gap}${quote}./${PACKAGES[name][0]}${quote}`;
      },
    )
    .replace(/^\/\/# sourceMappingURL=.*$/m, '');

const licences = () => {
  const parts = ['What this page is made with, and on what terms.\n'];
  for (const name of ['preact', '@preact/signals', '@preact/signals-core', 'htm']) {
    const {version, license} = JSON.parse(readFileSync(join(modules, name, 'package.json')));
    const text = readFileSync(join(modules, name, 'LICENSE'), 'utf8');
    parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${'-'.repeat(72)}\n\n`);
};

const files = new Map();
for (const name of readdirSync(page).sort()) {
  const text = readFileSync(join(page, name), 'utf8');
  files.set(name, name.endsWith('.js') ? withPaths(text) : text);
}
for (const [name, path] of Object.values(PACKAGES)) {
  files.set(name, withPaths(readFileSync(join(modules, path), 'utf8')));
}
files.set('openapi.json', JSON.stringify(JSON.parse(readFileSync(openapi, 'utf8'))));
files.set('licences.txt', licences());

const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const version = digest([...files].flat().join('\0'));
const scripts = [...files.keys()].filter((name) => name.endsWith('.js'));
const preloads = scripts.map((name) => `<link rel="modulepreload" href="/ui/${version}/${name}">`);
files.set(
  'index.html',
  files
    .get('index.html')
    .replaceAll('{{folder}}', `/ui/${version}`)
    .replace('{{preloads}}', preloads.join('\n')),
);

// A string literal of bytes. Octal, because that ends after three digits.
const literal = (bytes) => {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 4000) {
    let line = '';
    for (const byte of bytes.subarray(at, at + 4000)) {
      const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x3f;
      line += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
    }
    lines.push(`"${line}"`);
  }
  return `std::string_view{${lines.join('\n')}, ${bytes.length}}`;
};

const rows = [...files].map(([name, text]) => {
  const bytes = Buffer.from(text, 'utf8');
  const type = TYPES[name.split('.').at(-1)];
  if (type === undefined) throw new Error(`of what type is ${name}?`);
  const packed = gzipSync(bytes, {level: 9});
  return (
    `    {"${name}", "${type}", "\\"${digest(bytes)}\\"",\n     ${literal(bytes)},\n` +
    `     ${literal(packed)}},\n`
  );
});
writeFileSync(
  out,
  `// Made by controller/web/build.mjs.
#include "controller/web/web_files.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"

namespace understudy {
namespace {

constexpr WebFile kWebFiles[] = {
${rows.join('')}};

}  // namespace

std::span<const WebFile> web_files() {
    return kWebFiles;
}

std::string_view web_version() {
    return "${version}";
}

}  // namespace understudy
`,
);
