// Thumbnails of XPM pictures, version 3: a C source whose strings are a header, a table of colours, and rows of pixels.
//
// Only every so many pixels are taken, which is enough: the host does the last, best resize.

import { log } from 'thumbnailify:handler/log@1.0.0';
import { ascii, readColour } from './colours.js';
import { failure } from './failure.js';
import { Strings } from './strings.js';

const MAGIC = '/* XPM */';
// The longest side of a raster that the host takes.
const SIDE_MAX_PIXELS = 32768;
const PIXELS_MAX = 64 * 1024 * 1024;
const COLOURS_MAX = 256 * 1024;

export const handler = {
  describe() {
    const magic = [[0, new TextEncoder().encode(MAGIC)]];
    const mediaTypes = [{ mime: 'image/x-xpixmap', extensions: ['xpm'], magic }];
    return { name: 'xpm', version: '0.1.0', mediaTypes, params: [], hints: [] };
  },

  render(source, request) {
    try {
      return render(source, request);
    } catch (thrown) {
      if (thrown.payload === undefined) logBug(thrown);
      throw thrown;
    }
  },
};

function render(source, request) {
  checkMagic(source);
  const strings = new Strings(source);
  const header = readHeader(strings.next(), source.size());
  const { size, charactersPerPixel } = header;
  const step = samplingStep(size, request);
  log('debug', `${header.colours} colours, ${charactersPerPixel} characters a pixel, one pixel of ${step} each way`);
  const colours = readColours(strings, header);
  const translucent = [...colours.values()].some((colour) => colour.alpha === 0);
  const raster = {
    size: { width: Math.ceil(size.width / step), height: Math.ceil(size.height / step) },
    format: translucent ? 'rgba8' : 'rgb8',
    pixels: readPixels(strings, header, { colours, step, channels: translucent ? 4 : 3 }),
  };
  return { output: { tag: 'still', val: raster }, sourceSize: size, metadata: [] };
}

function checkMagic(source) {
  const start = ascii(source.readAt(0n, 64)).trimStart();
  if (start.startsWith('! XPM2')) throw failure('unsupported', 'XPM pictures of version 2 are not supported.');
  if (!/^\/\*\s*XPM\s*\*\//.test(start)) throw failure('malformed', 'The file does not begin like an XPM picture.');
}

function readHeader(line, fileBytes) {
  const numbers = /^\s*([0-9]{1,9})\s+([0-9]{1,9})\s+([0-9]{1,9})\s+([0-9]{1,9})(?:\s|$)/.exec(ascii(line));
  if (numbers === null) throw failure('malformed', 'The first line is not the header of an XPM picture.');
  const [width, height, colours, charactersPerPixel] = numbers.slice(1).map(Number);
  if (width === 0 || height === 0) throw failure('malformed', 'The picture has no pixels.');
  if (Math.max(width, height) > SIDE_MAX_PIXELS || width * height > PIXELS_MAX) {
    throw failure('too-large', `A picture of ${width} x ${height} pixels is too large.`);
  }
  if (colours > COLOURS_MAX) throw failure('too-large', `A picture of ${colours} colours is too large.`);
  if (charactersPerPixel < 1 || charactersPerPixel > 4) {
    throw failure('unsupported', `${charactersPerPixel} characters for each pixel are not supported.`);
  }
  if (fileBytes < width * height * charactersPerPixel) {
    throw failure('malformed', 'The file ends before the picture is complete.');
  }
  return { size: { width, height }, colours, charactersPerPixel };
}

/** Every how many pixels one is taken, so that the raster is still at least twice as large as the thumbnail. */
function samplingStep(size, { target, fit }) {
  const across = Math.floor(size.width / (2 * target.width));
  const down = Math.floor(size.height / (2 * target.height));
  return Math.max(1, fit === 'contain' ? Math.max(across, down) : Math.min(across, down));
}

function readColours(strings, { colours, charactersPerPixel }) {
  const table = new Map();
  for (let index = 0; index < colours; index++) {
    const line = strings.next();
    if (line.length < charactersPerPixel) throw failure('malformed', 'A line of the table of colours is too short.');
    table.set(pixelAt(line, 0, charactersPerPixel), readColour(line, charactersPerPixel));
  }
  return table;
}

function readPixels(strings, { size, charactersPerPixel }, { colours, step, channels }) {
  const taken = new Uint8Array(Math.ceil(size.width / step) * Math.ceil(size.height / step) * channels);
  let to = 0;
  for (let y = 0; y < size.height; y++) {
    const row = strings.next();
    if (row.length < size.width * charactersPerPixel) throw failure('malformed', 'A row of the picture is too short.');
    if (y % step !== 0) continue;
    for (let x = 0; x < size.width; x += step, to += channels) {
      const colour = colours.get(pixelAt(row, x * charactersPerPixel, charactersPerPixel));
      if (colour === undefined) throw failure('malformed', 'A pixel has a colour that is not in the table.');
      taken[to] = colour.red;
      taken[to + 1] = colour.green;
      taken[to + 2] = colour.blue;
      if (channels === 4) taken[to + 3] = colour.alpha;
    }
  }
  return taken;
}

/** The characters of a pixel as one number, which finds its colour sooner than text would. */
function pixelAt(line, offset, characters) {
  let pixel = 0;
  for (let index = 0; index < characters; index++) pixel = pixel * 256 + line[offset + index];
  return pixel;
}

/** The log is all that will tell of a bug: what is thrown and has no payload ends the job. */
function logBug(thrown) {
  log('warn', `at ${thrown.stack}`);
  log('error', `${thrown}`);
}
