/** Why there is no picture: a case of `failure` in the contract, and a sentence for who uploaded the file. */
export function failure(tag, sentence) {
  return { payload: { tag, val: sentence } };
}
