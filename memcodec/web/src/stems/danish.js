// Snowball's danish: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_c = "bcdfghjklmnpqrstvwxz";
const g_v = "aeiouyæåø";
const g_s_ending = "abcdfghjklmnoprtvyzå";
let I_x = 0;
let I_p1 = 0;
let S_ch = "";
const a_0 = among("hed,1,ethed,1,ered,1,e,1,erede,1,ende,1,erende,1,ene,1,erne,1,ere,1,en,1,heden,1,eren,1,er,1,heder,1,erer,1,s,2,heds,1,es,1,endes,1,erendes,1,enes,1,ernes,1,eres,1,ens,1,hedens,1,erens,1,ers,1,ets,1,erets,1,et,1,eret,1");
const a_1 = among("gd,-1,dt,-1,gt,-1,kt,-1");
const a_2 = among("ig,1,lig,1,elig,1,els,1,løst,2");
function r_mark_regions() {
  let c, v_1;
  I_p1 = limit;
  v_1 = cursor;
  c = (cursor + 3);
  if (c > limit) {
    return false;
  }
  cursor = c;
  I_x = cursor;
  cursor = v_1;
  if (!go_out_grouping(g_v)) {
    return false;
  }
  cursor += 1;
  if (!go_in_grouping(g_v)) {
    return false;
  }
  cursor += 1;
  I_p1 = cursor;
  lab0: {
    if (I_p1 >= I_x) {
      break lab0;
    }
    I_p1 = I_x;
  }
  return true;
}
function r_main_suffix() {
  let among_var, v_2;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  among_var = find_among_b(a_0);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
  } else {
    if (!in_grouping_b(g_s_ending)) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  }
  return true;
}
function r_consonant_pair() {
  let v_1, v_3;
  v_1 = (limit - cursor);
  if (cursor < I_p1) {
    return false;
  }
  v_3 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  if (find_among_b(a_1) === 0) {
    limit_backward = v_3;
    return false;
  }
  bra = cursor;
  limit_backward = v_3;
  cursor = (limit - v_1);
  if (cursor <= limit_backward) {
    return false;
  }
  cursor -= 1;
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_other_suffix() {
  let among_var, v_1, v_3, v_4;
  v_1 = (limit - cursor);
  lab0: {
    ket = cursor;
    if (!eq_s_b("st")) {
      break lab0;
    }
    bra = cursor;
    if (!eq_s_b("ig")) {
      break lab0;
    }
    if (!slice_del()) {
      return false;
    }
  }
  cursor = (limit - v_1);
  if (cursor < I_p1) {
    return false;
  }
  v_3 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  among_var = find_among_b(a_2);
  if (among_var === 0) {
    limit_backward = v_3;
    return false;
  }
  bra = cursor;
  limit_backward = v_3;
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
    v_4 = (limit - cursor);
    r_consonant_pair();
    cursor = (limit - v_4);
  } else {
    if (!slice_from("løs")) {
      return false;
    }
  }
  return true;
}
function r_undouble() {
  let v_2;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  if (!in_grouping_b(g_c)) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  S_ch = slice_to();
  if (S_ch === "") {
    return false;
  }
  limit_backward = v_2;
  if (!eq_s_b(S_ch)) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function stem() {
  let v_1, v_2, v_3, v_4, v_5;
  v_1 = cursor;
  r_mark_regions();
  cursor = v_1;
  limit_backward = cursor;
  cursor = limit;
  v_2 = (limit - cursor);
  r_main_suffix();
  cursor = (limit - v_2);
  v_3 = (limit - cursor);
  r_consonant_pair();
  cursor = (limit - v_3);
  v_4 = (limit - cursor);
  r_other_suffix();
  cursor = (limit - v_4);
  v_5 = (limit - cursor);
  r_undouble();
  cursor = (limit - v_5);
  cursor = limit_backward;
  return true;
}
export const danish = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
