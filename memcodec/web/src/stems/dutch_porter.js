// Snowball's dutch_porter: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiouyè";
const g_v_I = "aeiouyèI";
const g_v_j = "aeiouyèj";
let I_x = 0;
let I_p2 = 0;
let I_p1 = 0;
let B_e_found = false;
const a_0 = among(",6,á,1,ä,1,é,2,ë,2,í,3,ï,3,ó,4,ö,4,ú,5,ü,5");
const a_1 = among(",3,I,2,Y,1");
const a_2 = among("dd,-1,kk,-1,tt,-1");
const a_3 = among("ene,2,se,3,en,2,heden,1,s,3");
const a_4 = among("end,1,ig,2,ing,1,lijk,3,baar,4,bar,5");
const a_5 = among("aa,-1,ee,-1,oo,-1,uu,-1");
function r_prelude() {
  let among_var, v_1, v_2, v_3, v_4, v_5, v_6, v_7;
  v_1 = cursor;
  while (true) {
    v_2 = cursor;
    lab0: {
      bra = cursor;
      among_var = find_among(a_0);
      ket = cursor;
      if (among_var === 1) {
        if (!slice_from("a")) {
          return false;
        }
      } else {
        if (among_var === 2) {
          if (!slice_from("e")) {
            return false;
          }
        } else {
          if (among_var === 3) {
            if (!slice_from("i")) {
              return false;
            }
          } else {
            if (among_var === 4) {
              if (!slice_from("o")) {
                return false;
              }
            } else {
              if (among_var === 5) {
                if (!slice_from("u")) {
                  return false;
                }
              } else {
                if (cursor >= limit) {
                  break lab0;
                }
                cursor += 1;
              }
            }
          }
        }
      }
      continue;
    }
    cursor = v_2;
    break;
  }
  cursor = v_1;
  v_3 = cursor;
  lab1: {
    bra = cursor;
    if (!eq_s("y")) {
      cursor = v_3;
      break lab1;
    }
    ket = cursor;
    if (!slice_from("Y")) {
      return false;
    }
  }
  while (true) {
    v_4 = cursor;
    lab2: {
      if (!go_out_grouping(g_v)) {
        break lab2;
      }
      cursor += 1;
      v_5 = cursor;
      lab3: {
        bra = cursor;
        lab4: {
          v_6 = cursor;
          lab5: {
            if (!eq_s("i")) {
              break lab5;
            }
            ket = cursor;
            v_7 = cursor;
            lab6: {
              if (!in_grouping(g_v)) {
                break lab6;
              }
              if (!slice_from("I")) {
                return false;
              }
            }
            cursor = v_7;
            break lab4;
          }
          cursor = v_6;
          if (!eq_s("y")) {
            cursor = v_5;
            break lab3;
          }
          ket = cursor;
          if (!slice_from("Y")) {
            return false;
          }
        }
      }
      continue;
    }
    cursor = v_4;
    break;
  }
  return true;
}
function r_mark_regions() {
  let c, v_1;
  I_p1 = limit;
  I_p2 = limit;
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
  if (!go_out_grouping(g_v)) {
    return false;
  }
  cursor += 1;
  if (!go_in_grouping(g_v)) {
    return false;
  }
  cursor += 1;
  I_p2 = cursor;
  return true;
}
function r_postlude() {
  let among_var, v_1;
  while (true) {
    v_1 = cursor;
    lab0: {
      bra = cursor;
      among_var = find_among(a_1);
      ket = cursor;
      if (among_var === 1) {
        if (!slice_from("y")) {
          return false;
        }
      } else {
        if (among_var === 2) {
          if (!slice_from("i")) {
            return false;
          }
        } else {
          if (cursor >= limit) {
            break lab0;
          }
          cursor += 1;
        }
      }
      continue;
    }
    cursor = v_1;
    break;
  }
  return true;
}
function r_R1() {
  return I_p1 <= cursor;
}
function r_R2() {
  return I_p2 <= cursor;
}
function r_undouble() {
  let v_1;
  v_1 = (limit - cursor);
  if (find_among_b(a_2) === 0) {
    return false;
  }
  cursor = (limit - v_1);
  ket = cursor;
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
function r_e_ending() {
  let v_1;
  B_e_found = false;
  ket = cursor;
  if (!eq_s_b("e")) {
    return false;
  }
  bra = cursor;
  if (!r_R1()) {
    return false;
  }
  v_1 = (limit - cursor);
  if (!out_grouping_b(g_v)) {
    return false;
  }
  cursor = (limit - v_1);
  if (!slice_del()) {
    return false;
  }
  B_e_found = true;
  if (!r_undouble()) {
    return false;
  }
  return true;
}
function r_en_ending() {
  let v_1, v_2;
  if (!r_R1()) {
    return false;
  }
  v_1 = (limit - cursor);
  if (!out_grouping_b(g_v)) {
    return false;
  }
  cursor = (limit - v_1);
  v_2 = (limit - cursor);
  lab0: {
    if (!eq_s_b("gem")) {
      break lab0;
    }
    return false;
  }
  cursor = (limit - v_2);
  if (!slice_del()) {
    return false;
  }
  if (!r_undouble()) {
    return false;
  }
  return true;
}
function r_standard_suffix() {
  let among_var, v_1, v_10, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  v_1 = (limit - cursor);
  lab0: {
    ket = cursor;
    among_var = find_among_b(a_3);
    if (among_var === 0) {
      break lab0;
    }
    bra = cursor;
    if (among_var === 1) {
      if (!r_R1()) {
        break lab0;
      }
      if (!slice_from("heid")) {
        return false;
      }
    } else {
      if (among_var === 2) {
        if (!r_en_ending()) {
          break lab0;
        }
      } else {
        if (!r_R1()) {
          break lab0;
        }
        if (!out_grouping_b(g_v_j)) {
          break lab0;
        }
        if (!slice_del()) {
          return false;
        }
      }
    }
  }
  cursor = (limit - v_1);
  v_2 = (limit - cursor);
  r_e_ending();
  cursor = (limit - v_2);
  v_3 = (limit - cursor);
  lab1: {
    ket = cursor;
    if (!eq_s_b("heid")) {
      break lab1;
    }
    bra = cursor;
    if (!r_R2()) {
      break lab1;
    }
    v_4 = (limit - cursor);
    lab2: {
      if (!eq_s_b("c")) {
        break lab2;
      }
      break lab1;
    }
    cursor = (limit - v_4);
    if (!slice_del()) {
      return false;
    }
    ket = cursor;
    if (!eq_s_b("en")) {
      break lab1;
    }
    bra = cursor;
    if (!r_en_ending()) {
      break lab1;
    }
  }
  cursor = (limit - v_3);
  v_5 = (limit - cursor);
  lab3: {
    ket = cursor;
    among_var = find_among_b(a_4);
    if (among_var === 0) {
      break lab3;
    }
    bra = cursor;
    if (among_var === 1) {
      if (!r_R2()) {
        break lab3;
      }
      if (!slice_del()) {
        return false;
      }
      lab4: {
        v_6 = (limit - cursor);
        lab5: {
          ket = cursor;
          if (!eq_s_b("ig")) {
            break lab5;
          }
          bra = cursor;
          if (!r_R2()) {
            break lab5;
          }
          v_7 = (limit - cursor);
          lab6: {
            if (!eq_s_b("e")) {
              break lab6;
            }
            break lab5;
          }
          cursor = (limit - v_7);
          if (!slice_del()) {
            return false;
          }
          break lab4;
        }
        cursor = (limit - v_6);
        if (!r_undouble()) {
          break lab3;
        }
      }
    } else {
      if (among_var === 2) {
        if (!r_R2()) {
          break lab3;
        }
        v_8 = (limit - cursor);
        lab7: {
          if (!eq_s_b("e")) {
            break lab7;
          }
          break lab3;
        }
        cursor = (limit - v_8);
        if (!slice_del()) {
          return false;
        }
      } else {
        if (among_var === 3) {
          if (!r_R2()) {
            break lab3;
          }
          if (!slice_del()) {
            return false;
          }
          if (!r_e_ending()) {
            break lab3;
          }
        } else {
          if (among_var === 4) {
            if (!r_R2()) {
              break lab3;
            }
            if (!slice_del()) {
              return false;
            }
          } else {
            if (!r_R2()) {
              break lab3;
            }
            if (!(B_e_found)) {
              break lab3;
            }
            if (!slice_del()) {
              return false;
            }
          }
        }
      }
    }
  }
  cursor = (limit - v_5);
  v_9 = (limit - cursor);
  lab8: {
    if (!out_grouping_b(g_v_I)) {
      break lab8;
    }
    v_10 = (limit - cursor);
    if (find_among_b(a_5) === 0) {
      break lab8;
    }
    if (!out_grouping_b(g_v)) {
      break lab8;
    }
    cursor = (limit - v_10);
    ket = cursor;
    if (cursor <= limit_backward) {
      break lab8;
    }
    cursor -= 1;
    bra = cursor;
    if (!slice_del()) {
      return false;
    }
  }
  cursor = (limit - v_9);
  return true;
}
function stem() {
  let v_1, v_2, v_4;
  v_1 = cursor;
  r_prelude();
  cursor = v_1;
  v_2 = cursor;
  r_mark_regions();
  cursor = v_2;
  limit_backward = cursor;
  cursor = limit;
  r_standard_suffix();
  cursor = limit_backward;
  v_4 = cursor;
  r_postlude();
  cursor = v_4;
  return true;
}
export const dutch_porter = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
