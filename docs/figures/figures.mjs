// Draws the figures of the walkthrough as NAME.svg beside this file; the command is in ../formulas/formulas.mjs.
//
// All figures use the same colours: blue for forward, orange for errors, green for weights, purple for the gradient that
// is computed once and used twice. The colours have a contrast of at least 3 : 1 on rustdoc's light, dark and ayu pages;
// lines and words take the page's text colour. Mathematics is typeset as in the formulas.

import { writeFileSync } from 'node:fs';
import { alone, block, draw, escape } from '../formulas/formulas.mjs';

const BLUE = '#2b8fd6', ORANGE = '#e0641e', GREEN = '#2e9e5b', PURPLE = '#b06ae0', GREY = '#888888';

/** A figure: the methods draw on it, `save` writes the file. */
class Figure {
  constructor(name, width, height, alternative) {
    Object.assign(this, { name, width, height, alternative, parts: [], glyphs: new Map() });
  }

  add(part) { this.parts.push(part); }

  line(points, { color = 'currentColor', width = 1.5, dash = '', opacity = 1 } = {}) {
    const d = points.map(([x, y], i) => `${i ? 'L' : 'M'}${round(x)} ${round(y)}`).join('');
    this.path(d, { color, width, dash, opacity });
  }

  path(d, { color = 'currentColor', width = 1.5, dash = '', fill = 'none', opacity = 1 } = {}) {
    this.add(`<path d="${d}" fill="${fill}" stroke="${color}" stroke-width="${width}" stroke-linejoin="round"` +
      ` stroke-linecap="round"${dash && ` stroke-dasharray="${dash}"`}${opacity < 1 ? ` opacity="${opacity}"` : ''}/>`);
  }

  /** A line through the points with an arrowhead at its end. */
  arrow(points, { color = 'currentColor', width = 2, head = 7 } = {}) {
    const [[x0, y0], [x, y]] = points.slice(-2);
    const length = Math.hypot(x - x0, y - y0), [u, v] = [(x - x0) / length, (y - y0) / length];
    this.line([...points.slice(0, -1), [x - u * head, y - v * head]], { color, width });
    this.add(`<path d="M${round(x)} ${round(y)}L${round(x - head * (1.5 * u + 0.65 * v))} ` +
      `${round(y - head * (1.5 * v - 0.65 * u))}L${round(x - head * (1.5 * u - 0.65 * v))} ` +
      `${round(y - head * (1.5 * v + 0.65 * u))}Z" fill="${color}"/>`);
  }

  box(x, y, width, height, { color = 'currentColor', tint = 0, line = 1.5, corner = 6, dash = '' } = {}) {
    this.add(`<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${corner}"` +
      ` stroke="${color}" stroke-width="${line}" fill="${tint ? color : 'none'}"` +
      `${tint ? ` fill-opacity="${tint}"` : ''}${dash && ` stroke-dasharray="${dash}"`}/>`);
  }

  circle(x, y, radius, { color = 'currentColor', tint = 0, line = 1.5, solid = false } = {}) {
    this.add(`<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" stroke="${color}" stroke-width="${line}"` +
      ` fill="${tint || solid ? color : 'none'}"${tint ? ` fill-opacity="${tint}"` : ''}/>`);
  }

  words(text, x, y, { anchor = 'middle', size = 15, color = 'currentColor', bold = false, mono = false } = {}) {
    this.add(`<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${size}" fill="${color}"` +
      `${bold ? ' font-weight="600"' : ''}${mono ? ' font-family="Source Code Pro, Menlo, Consolas, monospace"' : ''}>` +
      `${escape(text)}</text>`);
  }

  /** TeX with its baseline at y. */
  math(tex, x, y, { anchor = 'middle', size = 18, color = 'currentColor', middle = false } = {}) {
    const drawing = draw(tex, `figure-${this.name}`), scale = size / 1000;
    const [, top, width, height] = drawing.viewBox.split(' ').map(Number);
    const body = drawing.body
      .replace(/<path id="([^"]*)"[^>]*\/>\s*/g, (path, id) => { this.glyphs.set(id, path.trim()); return ''; })
      .replace(/<defs><\/defs>/, '');
    const left = x - width * scale * { start: 0, middle: 0.5, end: 1 }[anchor];
    const base = middle ? y - (top + height / 2) * scale : y;
    this.add(`<g color="${color}" transform="translate(${round(left)} ${round(base)}) scale(${scale})">${body}</g>`);
  }

  save() {
    const root = `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escape(this.alternative)}" ` +
      `width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}" fill="currentColor" ` +
      `font-family="Fira Sans, Helvetica, Arial, sans-serif" ` +
      `style="display:block;margin:1.3em 0 1.3em min(2em,4%);max-width:96%;height:auto">`;
    const glyphs = this.glyphs.size ? ['<defs>', ...this.glyphs.values(), '</defs>'] : [];
    const file = new URL(`${this.name}.svg`, import.meta.url);
    writeFileSync(file, block([root, alone, ...glyphs, ...this.parts, '</svg>']));
  }
}

const round = x => Math.round(x * 100) / 100;

function abstraction() {
  const f = new Figure('abstraction', 510, 300,
    'Three levels of frameworks along an arrow from low level to high level. Low: linear algebra operations on the ' +
    'bare metal, as in cuDNN; in this crate the module matrix. Middle: compiled graphs of tensor operations, highly ' +
    'flexible, as in TensorFlow; in this crate the module graph. High: stacks of elementary layers, less flexible, ' +
    'as in Keras; in this crate the module network.');
  f.words('low level', 8, 18, { anchor: 'start', color: GREY });
  f.words('high level', 502, 18, { anchor: 'end', color: GREY });
  f.arrow([[8, 30], [502, 30]]);
  const centre = [87, 255, 423];
  centre.forEach(x => f.box(x - 79, 48, 158, 244, { color: GREY, line: 1 }));

  const [a, b, c] = centre;                                              // drawings: a matrix, a graph, a stack
  for (let i = 0; i < 4; i++) for (let j = 0; j < 6; j++) {
    f.box(a - 54 + 18 * j, 66 + 18 * i, 18, 18, { color: BLUE, tint: i === 1 ? 0.45 : 0.08, line: 1, corner: 0 });
  }
  const nodes = [[b - 50, 74], [b - 50, 130], [b, 102], [b + 50, 74], [b + 50, 130]];
  [[0, 2], [1, 2], [2, 3], [2, 4], [1, 4]].forEach(([i, j]) => {
    const [[x, y], [u, v]] = [nodes[i], nodes[j]], d = Math.hypot(u - x, v - y);
    f.arrow([[x + 11 * (u - x) / d, y + 11 * (v - y) / d], [u - 12 * (u - x) / d, v - 12 * (v - y) / d]],
      { width: 1.5, head: 5 });
  });
  nodes.forEach(([x, y]) => f.circle(x, y, 10, { color: GREEN, tint: 0.25 }));
  for (let i = 0; i < 4; i++) f.box(c - 52, 64 + 20 * i, 104, 15, { color: ORANGE, tint: 0.25, corner: 4 });

  const lines = [
    ['Linear algebra', 'operations', 'on the bare metal', 'cuDNN', 'matrix'],
    ['Compiled graphs of', 'tensor operations', 'highly flexible', 'TensorFlow', 'graph'],
    ['Stacks of', 'elementary layers', 'less flexible', 'Keras', 'network'],
  ];
  lines.forEach(([one, two, three, peer, ours], i) => {
    const x = centre[i];
    f.words(one, x, 170, { bold: true });
    f.words(two, x, 189, { bold: true });
    f.words(three, x, 212);
    f.words(peer, x, 244, { color: GREY });
    f.words(ours, x, 272, { mono: true, bold: true });
    f.words('here:', x - [34, 29, 38][i], 272, { anchor: 'end', color: GREY });
  });
  f.save();
}

function neuron() {
  const f = new Figure('neuron', 520, 400,
    'Top: a biological neuron. Dendrites on the left lead to the cell body, and an axon leads away to the right. ' +
    'Bottom: an artificial neuron. The inputs x 1, x 2 and x 3, each on an arrow with its weight, lead to a circle ' +
    'that sums them and applies the activation function f; an arrow leads to the output y on the right.');
  // The biological neuron.
  const stroke = { color: 'currentColor', width: 2.5 };
  [[[60, 40], [120, 60], [205, 92]], [[48, 96], [120, 98], [205, 104]], [[60, 160], [125, 140], [207, 118]]]
    .forEach(([[x, y], [u, v], [s, t]]) => f.path(`M${x} ${y}Q${u} ${v} ${s} ${t}`, stroke));
  ['M60 40L36 30M60 40L40 54M92 50.5L82 26', 'M48 96L24 84M48 96L24 108M92 98L78 118', 'M60 160L36 150M60 160L42 176M94 150L92 176']
    .forEach(d => f.path(d, { ...stroke, width: 1.8 }));
  f.path('M200 84C214 66 238 78 252 72C276 66 290 84 292 100C298 114 284 134 266 136C250 140 240 132 224 140C204 142 ' +
    '190 126 196 108C198 98 194 92 200 84Z', { ...stroke, fill: 'none' });
  f.circle(244, 104, 13, { tint: 0.35 });
  f.path('M293 104C330 96 370 112 414 102', stroke);
  for (let x = 306; x < 400; x += 26) f.box(x, 97 + (x > 340 ? 3 : -1), 20, 11, { color: GREY, tint: 0.35, line: 1, corner: 5 });
  ['M414 102L456 72M436 86L466 96', 'M414 102L456 132M436 117L468 112'].forEach(d => f.path(d, { ...stroke, width: 1.8 }));
  [[456, 72], [466, 96], [456, 132], [468, 112]].forEach(([x, y]) => f.circle(x, y, 3.5, { solid: true }));
  f.words('dendrites', 78, 14, { color: GREY });
  f.words('cell body', 244, 56, { color: GREY });
  f.words('axon', 360, 84, { color: GREY });
  // The artificial neuron, each part under the part that it imitates.
  const [x, y] = [244, 300];
  [240, 300, 360].forEach((v, i) => {
    f.circle(66, v, 21, { color: BLUE, tint: 0.15 });
    f.math(`x_${i + 1}`, 66, v + 5);
    const d = Math.hypot(x - 66, y - v), [s, t] = [(x - 66) / d, (y - v) / d];
    f.arrow([[66 + 23 * s, v + 23 * t], [x - 46 * s, y - 46 * t]], { color: GREEN });
    f.math(`w_${i + 1}`, 140, [254, 290, 354][i], { color: GREEN });
  });
  f.circle(x, y, 44);
  f.line([[x, y - 44], [x, y + 44]], { color: GREY, width: 1 });
  f.math('\\textstyle\\sum', x - 21, y, { middle: true, size: 20 });
  f.math('f', x + 21, y, { middle: true, size: 20 });
  f.arrow([[x + 46, y], [428, y]], { color: BLUE });
  f.circle(452, y, 21, { color: BLUE, tint: 0.15 });
  f.math('y', 452, y, { middle: true });
  f.words('inputs', 66, 206, { color: GREY });
  f.words('weighted sum, activation', x, 370, { color: GREY });
  f.words('output', 452, 266, { color: GREY });
  f.save();
}

function network() {
  const f = new Figure('network', 502, 236,
    'The network as a list of layers, 1 to N, between one data source and one loss function. The forward arrows run ' +
    'to the right along the top: the data source supplies the input, each layer passes its output to the next ' +
    'layer, and the last layer passes its prediction to the loss. The label goes directly from the data source to ' +
    'the loss. The backward arrows run to the left along the bottom: the loss starts with the first error, and each ' +
    'layer passes an error to the previous layer.');
  f.box(110, 60, 258, 140, { color: GREY, dash: '5 4', line: 1.2 });
  f.words('the network: a list of layers', 239, 224, { color: GREY });
  f.box(4, 84, 62, 92, { tint: 0.06 });
  f.words('data', 35, 126);
  f.words('source', 35, 144);
  f.box(444, 84, 54, 92, { tint: 0.06 });
  f.words('loss', 471, 135);
  [[118, '1'], [198, '2'], [304, 'N']].forEach(([x, number]) => {
    f.box(x, 84, 56, 92, { color: GREEN, tint: 0.12 });
    f.words('layer', x + 28, 126);
    f.math(number, x + 28, 148);
  });
  f.math('\\cdots', 279, 134);
  [[66, 118], [174, 198], [254, 278], [280, 304], [360, 444]].forEach(([x, u], i) => {
    f.arrow([[x + 1, 106], [u - 1, 106]], { color: BLUE, head: 6 });
    if (i) f.arrow([[u - 1, 156], [x + 1, 156]], { color: ORANGE, head: 6 });
  });
  f.arrow([[35, 84], [35, 34], [471, 34], [471, 82]], { color: BLUE, width: 1.5 });
  f.words('label', 239, 26, { color: BLUE });
  f.words('input', 88, 97, { color: BLUE, size: 14 });
  f.words('prediction', 406, 97, { color: BLUE, size: 14 });
  f.words('error', 406, 174, { color: ORANGE, size: 14 });
  f.words('forward', 239, 78, { color: BLUE });
  f.words('backward', 239, 194, { color: ORANGE });
  f.save();
}

/** Inputs on the left, fully connected to hidden nodes on the right. */
function fullyConnected(name, { outputs, one, alternative }) {
  const f = new Figure(name, 340, one ? 282 : 220, alternative);
  const inputs = ['x_1', 'x_2', 'x_3', ...(one ? ['1'] : [])];
  const y = i => 62 + 64 * i, middle = y(1), column = outputs === 1 ? [middle] : [0, 1, 2].map(y);
  inputs.forEach((_, i) => column.forEach((v, j) => {
    const [x, u] = [84, 250], d = Math.hypot(u - x, v - y(i)), [s, t] = [(u - x) / d, (v - y(i)) / d];
    const bias = i === 3, strong = bias || outputs === 1;
    f.arrow([[x + 21 * s, y(i) + 21 * t], [u - 23 * s, v - 23 * t]],
      { color: bias ? PURPLE : GREEN, width: strong ? 1.8 : 1.4, head: 6 });
    if (outputs === 1) f.math(`w_${i + 1}`, 158, [78, 118, 184][i], { color: GREEN });
    if (bias && j === 0) f.words('biases', 204, 258, { color: PURPLE });
  }));
  inputs.forEach((tex, i) => {
    f.circle(84, y(i), 20, { color: i === 3 ? PURPLE : BLUE, tint: 0.15 });
    f.math(tex, 84, y(i), { middle: true });
  });
  column.forEach((v, j) => {
    f.circle(250, v, 20, { color: BLUE, tint: 0.15 });
    f.math(outputs === 1 ? '\\hat{y}' : `\\hat{y}_${j + 1}`, 250, v, { middle: true });
  });
  if (outputs === 1) {
    f.math('+\\,w_{n+1}', 276, middle + 6, { anchor: 'start', color: PURPLE, size: 16 });
  }
  f.words('input layer', 84, 24, { color: GREY });
  f.words('hidden layer', 250, 24, { color: GREY });
  f.save();
}

function backpropagation() {
  const f = new Figure('backpropagation', 500, 358,
    'Three boxes in a row, the layers n minus 1, n and n plus 1. Activations y hat run to the right along the top, ' +
    'from box to box; errors run to the left along the bottom. The derivative of L with respect to y hat n, which ' +
    'is E n, enters box n from the right and is circled in purple. It is computed once and used twice: multiplied ' +
    'by the derivative of y hat n with respect to x n, it becomes the error of layer n minus 1, on an arrow to the ' +
    'left; multiplied by the derivative of y hat n with respect to W n, it becomes the gradient of the weights, ' +
    'under the box. The same happens in every box.');
  const layers = [['n-1', 78, 4], ['n', 250, -10], ['n+1', 422, 4]];
  layers.forEach(([n, x, shift], i) => {
    const centre = i === 1;
    f.box(x - 61, 46, 122, 190, { color: GREEN, tint: centre ? 0.14 : 0.05, line: centre ? 2 : 1.3 });
    f.words('layer', x - shift, 36, { anchor: 'end' });
    f.math(n, x - shift + 6, 36, { anchor: 'start', size: 17 });
    f.math(`\\hat{y}_{${n}}(x_{${n}})`, x, 88);
    f.math(`\\frac{\\partial \\hat{y}_{${n}}}{\\partial x_{${n}}}\\,\\cdot`, x - 29, 176, { middle: true, size: 17 });
    f.circle(x + 30, 176, 28, { color: PURPLE, tint: 0.14, line: 2.5 });
    f.math(`\\frac{\\partial L}{\\partial \\hat{y}_{${n}}}`, x + 30, 176, { middle: true, size: 15 });
    f.arrow([[x + 30, 205], [x + 30, 272]], { color: PURPLE });
    f.math(`\\frac{\\partial L}{\\partial W_{${n}}} = {\\color{${PURPLE}}\\frac{\\partial L}{\\partial \\hat{y}_{${n}}}}` +
      ` \\frac{\\partial \\hat{y}_{${n}}}{\\partial W_{${n}}}`, x + (1 - i) * 8, 302, { middle: true, size: 15 });
  });
  [[2, 17], [139, 189], [311, 361], [483, 498]].forEach(([x, u], i) => {
    f.arrow([[x, 82], [u - 1, 82]], { color: BLUE, head: 6 });
    f.arrow([[u - 1, 176], [x, 176]], { color: ORANGE, head: 6 });
    if (i === 1 || i === 2) {
      const [a, b] = [['n-1', 'n'], ['n', 'n+1']][i - 1];
      f.math(`\\hat{y}_{${a}}`, (x + u) / 2, 72, { color: BLUE });
      f.math(`=x_{${b}}`, (x + u) / 2, 106, { size: 16, color: BLUE });
      f.math(`\\frac{\\partial L}{\\partial x_{${b}}}`, (x + u) / 2, 146, { color: ORANGE, middle: true, size: 17 });
      f.math(`=E_{${a}}`, (x + u) / 2, 202, { size: 16, color: ORANGE });
    }
  });
  f.words('computed once, used twice', 250, 348, { color: PURPLE });
  f.save();
}

function memoryLayout() {
  const f = new Figure('memory-layout', 470, 322,
    'Two matrices, each with the twelve memory cells that hold it row by row. X has one column for each sample: the ' +
    'samples A, B and C are interleaved, A B C A B C A B C A B C, and sample A is scattered over the whole strip. X ' +
    'prime has one row for each sample: the samples follow each other, A A A A B B B B C C C C, and sample A, which ' +
    'is X prime at index 0, is one contiguous slice.');
  const colors = { A: BLUE, B: ORANGE, C: GREEN };
  const cell = (x, y, size, letter, strong) => {
    f.box(x, y, size, size, { color: colors[letter], tint: strong ? 0.5 : 0.18, corner: 2, line: strong ? 2.2 : 1.2 });
    f.words(letter, x + size / 2, y + size / 2 + 5.5);
  };
  const strip = (letters, y) => [...letters].forEach((letter, i) => cell(36 + 36 * i, y, 33, letter, letter === 'A'));
  const rows = (text, x, y) => text.split(' ').forEach((row, i) => [...row].forEach((letter, j) =>
    cell(x + 24 * j, y + 24 * i, 22, letter, letter === 'A')));
  f.math('\\mathbf{X}', 20, 54, { size: 20 });
  rows('ABC ABC ABC ABC', 40, 4);
  f.words('one sample per column', 136, 44, { anchor: 'start' });
  f.words('X[:, 0] is scattered', 136, 66, { anchor: 'start', color: GREY });
  strip('ABCABCABCABC', 112);
  f.line([[10, 164], [466, 164]], { color: GREY, width: 0.8 });
  f.math("\\mathbf{X}'", 20, 224, { size: 20 });
  rows('AAAA BBBB CCCC', 40, 184);
  f.words('one sample per row', 160, 214, { anchor: 'start' });
  f.words('x[0] is one slice', 160, 236, { anchor: 'start', color: GREY });
  strip('AAAABBBBCCCC', 270);
  f.path('M36 308v6h141v-6', { color: BLUE, width: 2 });
  f.save();
}

/** Draws axes through (0, 0) at pixel (x0, y0), `unit` pixels per step; returns the map from numbers to pixels. */
function axes(f, { x0, y0, unit, left, right, up, down, x, y }) {
  const at = (u, v) => [x0 + unit[0] * u, y0 - unit[1] * v];
  f.arrow([at(-left, 0), at(right, 0)], { color: GREY, width: 1.2, head: 5 });
  f.arrow([at(0, -down), at(0, up)], { color: GREY, width: 1.2, head: 5 });
  f.math(x, at(right, 0)[0] + 3, y0 + 18, { anchor: 'end', size: 16 });
  f.math(y, x0 + 8, at(0, up)[1] + 6, { anchor: 'start', size: 16 });
  return at;
}

function relu() {
  const f = new Figure('relu', 470, 194,
    'Left: ReLU, f of x. It is 0 for negative x and equals x for positive x, with a kink at 0. Right: the error for ' +
    'the previous layer, e n minus 1. It is 0 for x up to and including 0, and the incoming e n, unchanged, for ' +
    'positive x: a step with the filled point at 0.');
  const forward = axes(f, { x0: 112, y0: 152, unit: [35, 35], left: 2.8, right: 2.9, up: 3.6, down: 0.5,
    x: 'x', y: 'f(x) = \\max(0, x)' });
  f.line([forward(-2.7, 0), forward(0, 0), forward(2.7, 2.7)], { color: BLUE, width: 3.5 });
  const backward = axes(f, { x0: 352, y0: 152, unit: [35, 35], left: 2.8, right: 2.9, up: 3.6, down: 0.5,
    x: 'x', y: 'e_{n-1}' });
  f.line([backward(-2.7, 0), backward(0, 0)], { color: ORANGE, width: 3.5 });
  f.line([backward(0.12, 1.8), backward(2.7, 1.8)], { color: ORANGE, width: 3.5 });
  f.circle(...backward(0, 0), 5, { color: ORANGE, solid: true });
  f.circle(...backward(0, 1.8), 5, { color: ORANGE, line: 2 });
  f.math('e_n', 340, 94, { anchor: 'end', size: 17, color: ORANGE });
  f.words('forward', 52, 46, { color: BLUE });
  f.words('backward', 296, 46, { color: ORANGE });
  f.save();
}

function softmax() {
  const f = new Figure('softmax', 470, 366,
    'Bar charts of three classes. Top: the scores 1, 2 and 4 have the exponentials 2.7, 7.4 and 54.6; divided by ' +
    'their sum, these become the predictions 0.04, 0.11 and 0.84. Bottom: the same scores, shifted by their maximum ' +
    'to minus 3, minus 2 and 0, have the exponentials 0.05, 0.14 and 1, which do not exceed 1; divided by their ' +
    'sum, these become the same predictions.');
  const score = [1, 2, 4];
  const chart = (values, x, base, unit, color, digits) => values.forEach((value, i) => {
    const height = Math.max(Math.abs(value) * unit, 1.2), left = x + 34 * i;
    f.box(left, value < 0 ? base : base - height, 26, height, { color, tint: 0.4, corner: 1, line: 1.2 });
    const y = value < 0 ? base + height + 15 : base - height - 5;
    f.words((value < 0 ? '−' : '') + Math.abs(value).toFixed(digits), left + 13, y, { size: 14 });
  });
  const floor = (x, y) => f.line([[x - 6, y], [x + 100, y]], { color: GREY, width: 1 });
  const predictions = score.map(x => Math.exp(x) / score.reduce((sum, v) => sum + Math.exp(v), 0));
  const [a, b, c] = [12, 188, 366];
  [[150, score, 0], [300, score.map(x => x - 4), 4]].forEach(([base, x, shift]) => {
    const exp = x.map(Math.exp);
    floor(a, shift ? base - 46 : base);
    chart(x, a, shift ? base - 46 : base, shift ? 22 : 22, BLUE, 0);
    floor(b, base);
    chart(exp, b, base, 84 / Math.max(...exp), GREEN, shift ? 2 : 1);
    floor(c, base);
    chart(predictions, c, base, 84 / predictions[2], PURPLE, 2);
    const y = shift ? base - 46 : base - 40;
    f.arrow([[a + 108, y], [b - 14, y]], { color: GREY });
    f.words('exp', (a + b + 94) / 2, y - 8, { size: 14, color: GREY });
    f.arrow([[b + 108, y], [c - 14, y]], { color: GREY });
    f.words('÷ sum', (b + c + 94) / 2, y - 8, { size: 14, color: GREY });
  });
  f.math('x_k', a + 47, 22);
  f.math('\\exp(x_k)', b + 47, 22);
  f.math('\\hat{y}_k', c + 47, 22);
  f.math('\\tilde{x}_k = x_k - 4', a + 47, 354, { size: 17 });
  f.math('\\exp(\\tilde{x}_k) \\le 1', b + 47, 334, { size: 17 });
  f.math('\\hat{y}_k', c + 16, 334, { size: 17 });
  f.words('unchanged', c + 30, 334, { anchor: 'start', size: 14, color: PURPLE });
  f.save();
}

function crossEntropy() {
  const f = new Figure('cross-entropy', 460, 400,
    'The loss, minus the logarithm of y hat, plotted over y hat from 0 to 1, the prediction for the true class. It ' +
    'is 0 at 1, 0.69 at 0.5 and 2.30 at 0.1, and grows without bound towards 0. Under the axis is its slope, ' +
    'minus 1 divided by y hat. The slope is minus 1 at 1, minus 2 at 0.5 and minus 4 at 0.25, and falls without ' +
    'bound towards 0.');
  const at = axes(f, { x0: 60, y0: 200, unit: [340, 34], left: 0.03, right: 1.12, up: 5.2, down: 5.4,
    x: '\\hat{y}', y: '\\phantom{y}' });
  const curve = (g, from) => Array.from({ length: 81 }, (_, i) => from * (1 / from) ** (i / 80)).map(x => at(x, g(x)));
  f.line(curve(x => -Math.log(x), 0.0075), { color: BLUE, width: 3 });
  f.line(curve(x => -1 / x, 0.19), { color: ORANGE, width: 3 });
  [0.5, 1].forEach(x => {
    f.line([at(x, 0.12), at(x, -0.12)], { color: GREY });
    f.words(String(x), at(x, 0)[0], 220, { size: 13, color: GREY });
  });
  [-4, -2, 2, 4].forEach(y => {
    f.line([at(-0.012, y), at(0.012, y)], { color: GREY });
    f.words(String(y).replace('-', '−'), 48, at(0, y)[1] + 5, { size: 13, anchor: 'end', color: GREY });
  });
  [[0.1, '2.30'], [0.5, '0.69'], [1, '0']].forEach(([x, word]) => {
    const [u, v] = at(x, -Math.log(x));
    f.circle(u, v, 4.5, { color: BLUE, solid: true });
    f.words(word, u + 9, v - 8, { anchor: 'start', size: 14 });
  });
  [[0.25, '−4'], [0.5, '−2'], [1, '−1']].forEach(([x, word]) => {
    const [u, v] = at(x, -1 / x);
    f.circle(u, v, 4.5, { color: ORANGE, solid: true });
    f.words(word, u + 9, v + 19, { anchor: 'start', size: 14 });
  });
  f.words('loss', 190, 62, { anchor: 'start', color: BLUE });
  f.math('-\\ln \\hat{y}', 228, 62, { anchor: 'start', color: BLUE });
  f.words('slope', 190, 352, { anchor: 'start', color: ORANGE });
  f.math('-\\frac{1}{\\hat{y}}', 236, 347, { anchor: 'start', color: ORANGE, middle: true });
  f.save();
}

function descent() {
  const f = new Figure('descent', 480, 238,
    'Three plots of the loss of the example over its weight w, a parabola with the minimum at w equals 3. Arrows lead ' +
    'from the ringed starting point from step to step. With the learning rate 0.05 each step is short, and six steps ' +
    'are not enough. With 0.3 three steps come close to the minimum. With 1.2 the arrows lead from one side to the ' +
    'other, each time to a higher point: the loss grows with each step.');
  const panels = [[0.05, 'too small', 6, 0.92], [0.3, 'good', 3, 0.92], [1.2, 'too large', 4, 0.25]];
  panels.forEach(([eta, word, steps, start], i) => {
    const x0 = 80 + 160 * i, at = u => [x0 + 68 * u, 170 - 138 * u * u]; // u: the distance from the minimum
    f.line(Array.from({ length: 41 }, (_, k) => at((k - 20) / 20)), { color: GREY, width: 1.8 });
    f.circle(...at(start), 8, { color: ORANGE });
    const [x, y] = at(start);
    if (start > 0.5) f.words('start', x - 14, y + 5, { anchor: 'end', size: 14, color: ORANGE });
    else f.words('start', x + 4, y + 24, { anchor: 'start', size: 14, color: ORANGE });
    for (let k = 0, u = start; k <= steps; k++) {
      f.circle(...at(u), 3.5, { color: ORANGE, solid: true });
      const next = u - eta * 2 * u;                                      // the gradient of u² is 2u
      const [[a, b], [c, d]] = [at(u), at(next)], length = Math.hypot(c - a, d - b);
      const short = q => [a + (c - a) * q / length, b + (d - b) * q / length];
      if (k < steps && length > 12) f.arrow([short(k ? 4 : 9), short(length - 4)], { color: ORANGE, width: 1.6, head: 5 });
      u = next;
    }
    f.words(`η = ${eta}`, x0, 214);
    f.words(word, x0, 232, { color: GREY });
  });
  f.save();
}

abstraction();
neuron();
network();
fullyConnected('one-neuron', { outputs: 1, alternative:
  'One neuron. The inputs x 1, x 2 and x 3 lead to the output y hat, on arrows with the weights w 1, w 2 and w 3. ' +
  'The bias w n plus 1 is added beside the output.' });
fullyConnected('fully-connected', { outputs: 3, alternative:
  'A layer. Each of the inputs x 1, x 2 and x 3 leads to each of the outputs y hat 1, y hat 2 and y hat 3.' });
fullyConnected('fully-connected-bias', { outputs: 3, one: true, alternative:
  'The same layer with one more input, which is always 1. The weights on its arrows to the outputs are the biases.' });
backpropagation();
memoryLayout();
relu();
softmax();
crossEntropy();
descent();
