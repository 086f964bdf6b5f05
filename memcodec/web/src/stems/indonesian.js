// Snowball's indonesian: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_vowel = "aeiou";
let I_prefix = 0;
let I_measure = 0;
const a_0 = among("kah,1,lah,1,pun,1");
const a_1 = among("nya,1,ku,1,mu,1");
const a_2 = among("i,1,an,1,kan,1", {0: () => r_SUFFIX_I_OK(), 1: () => r_SUFFIX_AN_OK(), 2: () => r_SUFFIX_KAN_OK()});
const a_3 = among("di,1,ke,2,me,1,mem,5,men,1,meng,1,meny,3,pem,6,pen,2,peng,2,peny,4,ter,1", {6: () => r_VOWEL(), 10: () => r_VOWEL()});
const a_4 = among("be,3,belajar,4,ber,3,pe,1,pelajar,2,per,1", {0: () => r_KER()});
function r_remove_particle() {
  ket = cursor;
  if (find_among_b(a_0) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  I_measure -= 1;
  return true;
}
function r_remove_possessive_pronoun() {
  ket = cursor;
  if (find_among_b(a_1) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  I_measure -= 1;
  return true;
}
function r_SUFFIX_KAN_OK() {
  if (I_prefix === 3) {
    return false;
  }
  if (I_prefix === 2) {
    return false;
  }
  return true;
}
function r_SUFFIX_AN_OK() {
  return I_prefix !== 1;
}
function r_SUFFIX_I_OK() {
  let v_1;
  if (I_prefix > 2) {
    return false;
  }
  v_1 = (limit - cursor);
  lab0: {
    if (!eq_s_b("s")) {
      break lab0;
    }
    return false;
  }
  cursor = (limit - v_1);
  return true;
}
function r_remove_suffix() {
  ket = cursor;
  if (find_among_b(a_2) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  I_measure -= 1;
  return true;
}
function r_VOWEL() {
  if (!in_grouping(g_vowel)) {
    return false;
  }
  return true;
}
function r_KER() {
  if (!out_grouping(g_vowel)) {
    return false;
  }
  if (!eq_s("er")) {
    return false;
  }
  return true;
}
function r_remove_first_order_prefix() {
  let among_var, v_1, v_2, v_3, v_4;
  bra = cursor;
  among_var = find_among(a_3);
  if (among_var === 0) {
    return false;
  }
  ket = cursor;
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
    I_prefix = 1;
    I_measure -= 1;
  } else {
    if (among_var === 2) {
      if (!slice_del()) {
        return false;
      }
      I_prefix = 3;
      I_measure -= 1;
    } else {
      if (among_var === 3) {
        I_prefix = 1;
        if (!slice_from("s")) {
          return false;
        }
        I_measure -= 1;
      } else {
        if (among_var === 4) {
          I_prefix = 3;
          if (!slice_from("s")) {
            return false;
          }
          I_measure -= 1;
        } else {
          if (among_var === 5) {
            I_prefix = 1;
            I_measure -= 1;
            lab0: {
              v_1 = cursor;
              lab1: {
                v_2 = cursor;
                if (!in_grouping(g_vowel)) {
                  break lab1;
                }
                cursor = v_2;
                if (!slice_from("p")) {
                  return false;
                }
                break lab0;
              }
              cursor = v_1;
              if (!slice_del()) {
                return false;
              }
            }
          } else {
            I_prefix = 3;
            I_measure -= 1;
            lab2: {
              v_3 = cursor;
              lab3: {
                v_4 = cursor;
                if (!in_grouping(g_vowel)) {
                  break lab3;
                }
                cursor = v_4;
                if (!slice_from("p")) {
                  return false;
                }
                break lab2;
              }
              cursor = v_3;
              if (!slice_del()) {
                return false;
              }
            }
          }
        }
      }
    }
  }
  return true;
}
function r_remove_second_order_prefix() {
  let among_var;
  bra = cursor;
  among_var = find_among(a_4);
  if (among_var === 0) {
    return false;
  }
  ket = cursor;
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
    I_prefix = 2;
    I_measure -= 1;
  } else {
    if (among_var === 2) {
      if (!slice_from("ajar")) {
        return false;
      }
      I_measure -= 1;
    } else {
      if (among_var === 3) {
        if (!slice_del()) {
          return false;
        }
        I_prefix = 4;
        I_measure -= 1;
      } else {
        if (!slice_from("ajar")) {
          return false;
        }
        I_prefix = 4;
        I_measure -= 1;
      }
    }
  }
  return true;
}
function stem() {
  let v_1, v_10, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  I_measure = 0;
  v_1 = cursor;
  lab0: {
    while (true) {
      lab1: {
        if (!go_out_grouping(g_vowel)) {
          break lab1;
        }
        cursor += 1;
        I_measure += 1;
        continue;
      }
      break;
    }
  }
  cursor = v_1;
  if (I_measure <= 2) {
    return false;
  }
  I_prefix = 0;
  limit_backward = cursor;
  cursor = limit;
  v_3 = (limit - cursor);
  r_remove_particle();
  cursor = (limit - v_3);
  if (I_measure <= 2) {
    return false;
  }
  v_4 = (limit - cursor);
  r_remove_possessive_pronoun();
  cursor = (limit - v_4);
  cursor = limit_backward;
  if (I_measure <= 2) {
    return false;
  }
  lab2: {
    v_5 = cursor;
    lab3: {
      v_6 = cursor;
      if (!r_remove_first_order_prefix()) {
        break lab3;
      }
      v_7 = cursor;
      lab4: {
        v_8 = cursor;
        if (I_measure <= 2) {
          break lab4;
        }
        limit_backward = cursor;
        cursor = limit;
        if (!r_remove_suffix()) {
          break lab4;
        }
        cursor = limit_backward;
        cursor = v_8;
        if (I_measure <= 2) {
          break lab4;
        }
        if (!r_remove_second_order_prefix()) {
          break lab4;
        }
      }
      cursor = v_7;
      cursor = v_6;
      break lab2;
    }
    cursor = v_5;
    v_9 = cursor;
    r_remove_second_order_prefix();
    cursor = v_9;
    v_10 = cursor;
    lab5: {
      if (I_measure <= 2) {
        break lab5;
      }
      limit_backward = cursor;
      cursor = limit;
      if (!r_remove_suffix()) {
        break lab5;
      }
      cursor = limit_backward;
    }
    cursor = v_10;
  }
  return true;
}
export const indonesian = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
