// Draws every formula of formulas.tex as NAME.svg beside it:
//
//     npm install && npm run draw
//
// A drawing carries its TeX source (data-tex) and its text alternative (aria-label); tests/docs.rs compares both with
// formulas.tex. Each file is an SVG that a browser shows and also a block of HTML that rustdoc passes through: the
// opening tag is alone on its line, and blank lines occur only at the start and the end.

import { readFileSync, writeFileSync } from 'node:fs';
import { mathjax } from 'mathjax-full/js/mathjax.js';
import { TeX } from 'mathjax-full/js/input/tex.js';
import { SVG } from 'mathjax-full/js/output/svg.js';
import { liteAdaptor } from 'mathjax-full/js/adaptors/liteAdaptor.js';
import { RegisterHTMLHandler } from 'mathjax-full/js/handlers/html.js';
import { AllPackages } from 'mathjax-full/js/input/tex/AllPackages.js';

const adaptor = liteAdaptor();
RegisterHTMLHandler(adaptor);
const page = mathjax.document('', {
  InputJax: new TeX({ packages: AllPackages.filter(name => name !== 'bussproofs') }),
  OutputJax: new SVG({ fontCache: 'local' }),
});

/** Draws TeX: returns its size in ex, its view box, and the drawing, in which the ids of glyphs begin with `prefix`. */
export function draw(tex, prefix) {
  const svg = adaptor.innerHTML(page.convert(tex, { display: true }));
  if (svg.includes('data-mjx-error')) throw new Error(`${prefix}: ${svg.match(/data-mjx-error="([^"]*)"/)[1]}`);
  const attribute = name => svg.match(new RegExp(`^<svg[^>]* ${name}="([^"]*)"`))[1];
  const body = svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>$/, '')
    .replace(/ data-[a-z-]+="[^"]*"/g, '')
    .replace(/ xlink:href=/g, ' href=')
    .replace(/MJX-\d+-/g, `${prefix}-`)
    .replace(/<\/path>/g, '</path>\n')
    .replace(/<(path|use|rect)([^>]*)><\/\1>/g, '<$1$2/>');
  return { width: parseFloat(attribute('width')), height: parseFloat(attribute('height')),
           viewBox: attribute('viewBox'), body };
}

/** Escapes text for the value of an attribute. */
export function escape(text) {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Opened alone, a drawing follows the reader's theme and has no margin. Inside a page `svg:root` matches nothing. */
export const alone = '<style>svg:root { margin: 0 !important } ' +
  '@media (prefers-color-scheme: dark) { svg:root { color: #ddd } }</style>';

/** Joins lines to a block of HTML inside Markdown: blank lines before and after it, none inside. */
export function block(lines) {
  return `\n\n${lines.join('\n').replace(/\n+/g, '\n')}\n\n\n`;
}

/** Reads the formulas of formulas.tex: name, number (or undefined), text alternative, TeX on one line. */
function formulas() {
  const source = readFileSync(new URL('formulas.tex', import.meta.url), 'utf8');
  return source.split(/^%% /m).slice(1).map(block => {
    const lines = block.trim().split('\n');
    const [, name, number] = lines[0].match(/^(\S+)(?: \((\d+)\))?$/);
    const alternative = lines.filter(line => line.startsWith('% ')).map(line => line.slice(2)).join(' ');
    const tex = lines.slice(1).filter(line => !line.startsWith('%')).map(line => line.trim()).join(' ');
    return { name, number, alternative, tex };
  });
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const { name, number, alternative, tex } of formulas()) {
    const drawing = draw(number ? `${tex} \\qquad (${number})` : tex, `formula-${name}`);
    const label = number ? `Equation ${number}: ${alternative}` : alternative;
    writeFileSync(new URL(`${name}.svg`, import.meta.url), block([
      `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escape(label)}" data-tex="${escape(tex)}" ` +
        `width="${drawing.width}ex" height="${drawing.height}ex" viewBox="${drawing.viewBox}" ` +
        `style="display:block;margin:1.1em 0 1.1em min(2em,4%);max-width:96%;height:auto">`,
      alone,
      drawing.body,
      '</svg>',
    ]));
  }
}
