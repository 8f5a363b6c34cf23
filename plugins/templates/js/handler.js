// Thumbnails of {{title}} pictures.
//
// A {{title}} picture is the line "{{name}} WIDTH HEIGHT" followed by red, green and blue of each pixel, a byte each,
// row by row. Replace readHeader and takeRow by what your format needs. The whole contract is in wit/handler.wit.

import { log } from 'thumbnailify:handler/log@1.0.0';

const HEADER = /^{{name}} ([0-9]{1,9}) ([0-9]{1,9})\n/;
const HEADER_MAX_BYTES = 256;
const PIXELS_MAX = 64 * 1024 * 1024;

export const handler = {
  describe() {
    const magic = [[0, new TextEncoder().encode('{{name}} ')]];
    const mediaTypes = [{ mime: 'image/x-{{name}}', extensions: ['{{extension}}'], magic }];
    return { name: '{{name}}', version: '0.1.0', mediaTypes, params: [], hints: [] };
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
  const { size, start } = readHeader(source);
  const step = samplingStep(size, request);
  log('debug', `${size.width}x${size.height} pixels, taking one of ${step} each way`);
  const shrunk = { width: Math.ceil(size.width / step), height: Math.ceil(size.height / step) };
  const pixels = new Uint8Array(3 * shrunk.width * shrunk.height);
  for (let y = 0; y < shrunk.height; y++) {
    const row = read(source, start + 3 * size.width * y * step, 3 * size.width);
    takeRow(row, step, pixels.subarray(3 * shrunk.width * y, 3 * shrunk.width * (y + 1)));
  }
  const raster = { size: shrunk, format: 'rgb8', pixels };
  return { output: { tag: 'still', val: raster }, sourceSize: size, metadata: [] };
}

/** The size of the picture, and the offset of its first pixel. */
function readHeader(source) {
  const header = HEADER.exec(String.fromCharCode(...read(source, 0, HEADER_MAX_BYTES)));
  if (header === null) throw failure('malformed', 'The file does not begin like a {{title}} picture.');
  const size = { width: Number(header[1]), height: Number(header[2]) };
  const pixels = size.width * size.height;
  if (pixels === 0) throw failure('malformed', 'The picture has no pixels.');
  if (pixels > PIXELS_MAX) throw failure('too-large', `${size.width} x ${size.height} pixels are too many.`);
  // Checked before anything is read, so that no later read can come back short.
  const start = header[0].length;
  if (source.size() < start + 3 * pixels) throw failure('malformed', 'The file ends before the picture is complete.');
  return { size, start };
}

/** Every how many pixels one is taken, so that the raster is still at least twice as large as the thumbnail. */
function samplingStep(size, { target, fit }) {
  const across = Math.floor(size.width / (2 * target.width));
  const down = Math.floor(size.height / (2 * target.height));
  return Math.max(1, fit === 'contain' ? Math.max(across, down) : Math.min(across, down));
}

/** Copies every `step`th pixel of a row. */
function takeRow(row, step, taken) {
  for (let from = 0, to = 0; to < taken.length; from += 3 * step, to += 3) {
    taken[to] = row[from];
    taken[to + 1] = row[from + 1];
    taken[to + 2] = row[from + 2];
  }
}

/** `count` bytes, or fewer at the end of the file. The host may give a large piece in several parts. */
function read(source, offset, count) {
  const bytes = new Uint8Array(count);
  let filled = 0;
  while (filled < count) {
    const part = source.readAt(BigInt(offset + filled), count - filled);
    if (part.length === 0) break;
    bytes.set(part, filled);
    filled += part.length;
  }
  return bytes.subarray(0, filled);
}

/** The log is all that will tell of a bug: what is thrown and has no payload ends the job. */
function logBug(thrown) {
  log('warn', `at ${thrown.stack}`);
  log('error', `${thrown}`);
}

/** Why there is no picture: a case of `failure` in the contract, and a sentence for the person who uploaded the file. */
function failure(tag, sentence) {
  return { payload: { tag, val: sentence } };
}
