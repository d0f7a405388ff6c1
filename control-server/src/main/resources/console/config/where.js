/**
 * Where in a YAML document a cursor is, by indentation alone: it works while the document is half written.
 * @typedef {{path: (string | number)[], value: string | null, siblings: string[], word: string, from: number}} Where
 */

const LINE = /^(\s*)((?:- +)*)(-\s*$)?(?:("?)([\w.*/-]+)\4\s*:)?(.*)$/;

/** @param {string} text @returns {{indent: number, dashes: number[], key: string | null, keyIndent: number, blank: boolean}} */
function read(text) {
  const [, spaces, dashes, last, , key, rest] = LINE.exec(text);
  const columns = [];
  for (let i = 0; i < dashes.length; i++) {
    if (dashes[i] === '-') columns.push(spaces.length + i);
  }
  if (last) columns.push(spaces.length + dashes.length);
  return { indent: spaces.length, dashes: columns, key: key ?? null, keyIndent: spaces.length + dashes.length, blank: !key && !columns.length && (rest ?? '').trim() === '' };
}

/**
 * @param {string[]} lines the whole text
 * @param {number} at number of the cursor's line
 * @param {number} column of the cursor
 * @returns {Where}
 */
export function where(lines, at, column) {
  const before = lines[at].slice(0, column);
  const valued = /^(\s*(?:- +)*)"?([\w.*/-]+)"?:\s+(.*)$/.exec(before);
  const plain = /^(\s*(?:- +)*)([\w.*/-]*)$/.exec(before);
  if (!valued && !plain) return { path: [], value: '', siblings: [], word: '', from: column };
  const [, lead, first] = valued ?? plain;
  const own = lead.length;
  const path = valued ? [first] : [];
  const siblings = following(lines, at, own);
  let level = own;
  let collecting = true;

  function enter(dashes) {
    for (const dash of [...dashes].reverse()) {
      path.unshift(0);
      level = dash;
      collecting = false;
    }
  }

  enter([...lead].map((letter, index) => (letter === '-' ? index : -1)).filter((index) => index >= 0));
  for (let i = at - 1; i >= 0 && !/^---/.test(lines[i]); i--) {
    const line = read(lines[i]);
    if (line.key === null || /^\s*#/.test(lines[i])) continue;
    // The key of a list may stand as far right as its dashes; that of an object may not.
    if (path[0] === 0 ? line.keyIndent <= level : line.keyIndent < level) {
      path.unshift(line.key);
      level = line.keyIndent;
      collecting = false;
      enter(line.dashes);
    } else if (path[0] !== 0 && line.keyIndent === level) {
      if (collecting) siblings.push(line.key);
      enter(line.dashes);
    }
  }
  const word = valued ? valued[3] : first;
  return { path, value: valued ? valued[3] : null, siblings, word, from: column - word.length };
}

/** Keys of the same object below the cursor. */
function following(lines, at, level) {
  const keys = [];
  for (let i = at + 1; i < lines.length && !/^---/.test(lines[i]); i++) {
    const line = read(lines[i]);
    if (line.blank) continue;
    if (line.keyIndent < level || line.dashes.length > 0) break;
    if (line.keyIndent === level && line.key !== null) keys.push(line.key);
  }
  return keys;
}
