import { failure } from './failure.js';

const [QUOTE, SLASH, STAR, CLOSING_BRACE] = new TextEncoder().encode('"/*}');
const WINDOW_BYTES = 256 * 1024;
// The longest row that is taken, and then some.
const STRING_MAX_BYTES = 512 * 1024;
// Comments and white space are looked at byte by byte, which is slow.
const GAP_MAX_BYTES = 64 * 1024;

/** The string literals of a C source, one after the other, as bytes. An XPM picture is nothing else. */
export class Strings {
  #source;
  #offset = 0;
  #bytes = new Uint8Array(0);
  #at = 0;
  #gapBytes = 0;

  constructor(source) {
    this.#source = source;
  }

  /** The next literal without its quotes. It is gone when the one after it is asked for. */
  next() {
    this.#toQuote();
    const end = this.#find(QUOTE);
    const literal = this.#bytes.subarray(this.#at, end);
    this.#at = end + 1;
    return literal;
  }

  #toQuote() {
    this.#gapBytes = 0;
    for (let byte = this.#byte(); byte !== QUOTE; byte = this.#byte()) {
      if (byte === CLOSING_BRACE) throw failure('malformed', 'The file has fewer lines than its header says.');
      if (byte === SLASH) this.#skipComment();
    }
  }

  #skipComment() {
    if (this.#byte() !== STAR) throw failure('malformed', 'There is something between two lines.');
    let before;
    for (let byte = this.#byte(); before !== STAR || byte !== SLASH; byte = this.#byte()) before = byte;
  }

  #byte() {
    if (this.#at === this.#bytes.length) this.#readOn();
    if (++this.#gapBytes > GAP_MAX_BYTES) throw failure('malformed', 'There is too much between two lines.');
    return this.#bytes[this.#at++];
  }

  /** Where the next such byte is. */
  #find(byte) {
    let found;
    while ((found = this.#bytes.indexOf(byte, this.#at)) < 0) {
      if (this.#bytes.length - this.#at > STRING_MAX_BYTES) throw failure('malformed', 'A line is far too long.');
      this.#readOn();
    }
    return found;
  }

  #readOn() {
    const part = this.#source.readAt(BigInt(this.#offset), WINDOW_BYTES);
    if (part.length === 0) throw failure('malformed', 'The file ends before the picture is complete.');
    this.#offset += part.length;
    const rest = this.#bytes.subarray(this.#at);
    this.#bytes = new Uint8Array(rest.length + part.length);
    this.#bytes.set(rest);
    this.#bytes.set(part, rest.length);
    this.#at = 0;
  }
}
