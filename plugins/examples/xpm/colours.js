import { failure } from './failure.js';
import { NAMED } from './names.js';

const TRANSPARENT = { red: 0, green: 0, blue: 0, alpha: 0 };
/** For which kind of screen a colour is meant, the best first. `s` is a name for people. */
const KEYS = ['c', 'g', 'g4', 'm'];

/** Reads a line of the table: the characters of a pixel, then pairs of key and colour. */
export function readColour(line, charactersPerPixel) {
  const text = ascii(line.subarray(charactersPerPixel)).trim();
  // Nearly all lines are like this, and a picture can have very many.
  const single = /^c\s+(\S+)$/.exec(text);
  return parseColour((single ? single[1] : bestColour(text)).toLowerCase());
}

function bestColour(text) {
  const colours = new Map();
  let key;
  for (const word of text.split(/\s+/)) {
    if (colours.get(key) !== '' && (KEYS.includes(word) || word === 's')) {
      colours.set((key = word), '');
    } else if (key !== undefined) {
      // Names of colours may have blanks, which mean nothing.
      colours.set(key, colours.get(key) + word);
    }
  }
  const best = KEYS.find((kind) => colours.has(kind));
  if (best === undefined) throw failure('malformed', 'A line of the table of colours has no colour.');
  return colours.get(best);
}

function parseColour(text) {
  if (text === 'none' || text === 'transparent') return TRANSPARENT;
  const hex = /^#(?:[0-9a-f]{3}){1,4}$/.test(text) ? text.slice(1) : NAMED.get(text);
  if (hex === undefined) throw failure('unsupported', `There is no colour of the name "${text.slice(0, 40)}".`);
  const digits = hex.length / 3;
  const channel = (index) => {
    const value = parseInt(hex.slice(digits * index, digits * (index + 1)), 16);
    return Math.round((value * 255) / (16 ** digits - 1));
  };
  return { red: channel(0), green: channel(1), blue: channel(2), alpha: 255 };
}

const DECODER = new TextDecoder();

export function ascii(bytes) {
  return DECODER.decode(bytes);
}
