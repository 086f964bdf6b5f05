// Snowball's hindi: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
let current, cursor, limit, limit_backward, bra, ket;
const among = (list, methods = {}) => {
  const flat = list.split(","), made = [];
  for (let i = 0; i < flat.length; i += 2) made.push([flat[i], +flat[i + 1], methods[i / 2]]);
  return made.sort((one, other) => other[0].length - one[0].length);
};
const find_among = (list) => {
  const from = cursor;
  for (const [string, result, method] of list)
    if (from + string.length <= limit && current.startsWith(string, from)) {
      cursor = from + string.length;
      if (!method) return result;
      const holds = method();
      cursor = from + string.length;
      if (holds) return result;
    }
  return cursor = from, 0;
};
const find_among_b = (list) => {
  const from = cursor;
  for (const [string, result, method] of list) {
    const start = from - string.length;
    if (start >= limit_backward && current.startsWith(string, start)) {
      cursor = start;
      if (!method) return result;
      const holds = method();
      cursor = start;
      if (holds) return result;
    }
  }
  return cursor = from, 0;
};
const inside = (group, at) => group.includes(current[at]);
const in_grouping = (group) => cursor < limit && inside(group, cursor) && !!++cursor;
const out_grouping = (group) => cursor < limit && !inside(group, cursor) && !!++cursor;
const in_grouping_b = (group) => cursor > limit_backward && inside(group, cursor - 1) && (cursor--, true);
const out_grouping_b = (group) => cursor > limit_backward && !inside(group, cursor - 1) && (cursor--, true);
const go_in_grouping = (group) => {
  for (; cursor < limit; cursor++) if (!inside(group, cursor)) return true;
  return false;
};
const go_out_grouping = (group) => {
  for (; cursor < limit; cursor++) if (inside(group, cursor)) return true;
  return false;
};
const go_in_grouping_b = (group) => {
  for (; cursor > limit_backward; cursor--) if (!inside(group, cursor - 1)) return true;
  return false;
};
const go_out_grouping_b = (group) => {
  for (; cursor > limit_backward; cursor--) if (inside(group, cursor - 1)) return true;
  return false;
};
const eq_s = (string) => limit - cursor >= string.length && current.startsWith(string, cursor) && (cursor += string.length, true);
const eq_s_b = (string) => cursor - limit_backward >= string.length && current.startsWith(string, cursor - string.length) && (cursor -= string.length, true);
const replace_s = (from, to, string) => {
  const more = string.length - (to - from);
  current = current.slice(0, from) + string + current.slice(to);
  limit += more;
  if (cursor >= to) cursor += more;
  else if (cursor > from) cursor = from;
  return more;
};
const right = () => bra >= 0 && bra <= ket && ket <= limit && limit <= current.length;
const slice_from = (string) => right() && (replace_s(bra, ket, string), true);
const slice_del = () => slice_from("");
const slice_to = () => right() ? current.slice(bra, ket) : "";
const insert = (from, to, string) => {
  const more = replace_s(from, to, string);
  if (from <= bra) bra += more;
  if (from <= ket) ket += more;
};
const g_consonant = "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहऴऩऱऴक़ख़ग़ज़ड़ढ़फ़य़";
const a_0 = among("आँ,-1,ाँ,-1,इयाँ,-1,आइयाँ,-1,ाइयाँ,-1,ियाँ,-1,आं,-1,उआं,-1,ुआं,-1,ईं,-1,आईं,-1,ाईं,-1,एं,-1,आएं,-1,उएं,-1,ाएं,-1,ताएं,-1,अताएं,-1,नाएं,-1,अनाएं,-1,ुएं,-1,ओं,-1,आओं,-1,उओं,-1,ाओं,-1,ताओं,-1,अताओं,-1,नाओं,-1,अनाओं,-1,ुओं,-1,ां,-1,इयां,-1,आइयां,-1,ाइयां,-1,ियां,-1,ीं,-1,तीं,-1,अतीं,-1,आतीं,-1,ातीं,-1,ें,-1,ों,-1,इयों,-1,आइयों,-1,ाइयों,-1,ियों,-1,अ,-1,आ,-1,इ,-1,ई,-1,आई,-1,ाई,-1,उ,-1,ऊ,-1,ए,-1,आए,-1,इए,-1,आइए,-1,ाइए,-1,ाए,-1,िए,-1,ओ,-1,आओ,-1,ाओ,-1,कर,-1,अकर,-1,आकर,-1,ाकर,-1,ा,-1,ऊंगा,-1,आऊंगा,-1,ाऊंगा,-1,ूंगा,-1,एगा,-1,आएगा,-1,ाएगा,-1,ेगा,-1,ता,-1,अता,-1,आता,-1,ाता,-1,ना,-1,अना,-1,आना,-1,ाना,-1,आया,-1,ाया,-1,ि,-1,ी,-1,ऊंगी,-1,आऊंगी,-1,ाऊंगी,-1,एंगी,-1,आएंगी,-1,ाएंगी,-1,ूंगी,-1,ेंगी,-1,एगी,-1,आएगी,-1,ाएगी,-1,ओगी,-1,आओगी,-1,ाओगी,-1,ेगी,-1,ोगी,-1,ती,-1,अती,-1,आती,-1,ाती,-1,नी,-1,अनी,-1,ु,-1,ू,-1,े,-1,एंगे,-1,आएंगे,-1,ाएंगे,-1,ेंगे,-1,ओगे,-1,आओगे,-1,ाओगे,-1,ोगे,-1,ते,-1,अते,-1,आते,-1,ाते,-1,ने,-1,अने,-1,आने,-1,ाने,-1,ो,-1,्,-1", {16: () => r_CONSONANT(), 18: () => r_CONSONANT(), 25: () => r_CONSONANT(), 27: () => r_CONSONANT(), 36: () => r_CONSONANT(), 64: () => r_CONSONANT(), 77: () => r_CONSONANT(), 81: () => r_CONSONANT(), 105: () => r_CONSONANT(), 109: () => r_CONSONANT(), 122: () => r_CONSONANT(), 126: () => r_CONSONANT()});
function r_CONSONANT() {
  if (!in_grouping_b(g_consonant)) {
    return false;
  }
  return true;
}
function stem() {
  if (cursor >= limit) {
    return false;
  }
  cursor += 1;
  limit_backward = cursor;
  cursor = limit;
  ket = cursor;
  if (find_among_b(a_0) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  cursor = limit_backward;
  return true;
}
export const hindi = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
