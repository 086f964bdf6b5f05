// Snowball's porter: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiouy";
const g_v_WXY = "aeiouywxY";
let B_Y_found = false;
let I_p2 = 0;
let I_p1 = 0;
const a_0 = among("s,3,ies,2,sses,1,ss,-1");
const a_1 = among(",3,bb,2,dd,2,ff,2,gg,2,bl,1,mm,2,nn,2,pp,2,rr,2,at,1,tt,2,iz,1");
const a_2 = among("ed,2,eed,1,ing,2");
const a_3 = among("anci,3,enci,2,abli,4,eli,6,alli,9,ousli,11,entli,5,aliti,9,biliti,13,iviti,12,tional,1,ational,8,alism,9,ation,8,ization,7,izer,7,ator,8,iveness,12,fulness,10,ousness,11");
const a_4 = among("icate,2,ative,3,alize,1,iciti,2,ical,2,ful,3,ness,3");
const a_5 = among("ic,1,ance,1,ence,1,able,1,ible,1,ate,1,ive,1,ize,1,iti,1,al,1,ism,1,ion,2,er,1,ous,1,ant,1,ent,1,ment,1,ement,1,ou,1");
function r_shortv() {
  if (!out_grouping_b(g_v_WXY)) {
    return false;
  }
  if (!in_grouping_b(g_v)) {
    return false;
  }
  if (!out_grouping_b(g_v)) {
    return false;
  }
  return true;
}
function r_R1() {
  return I_p1 <= cursor;
}
function r_R2() {
  return I_p2 <= cursor;
}
function r_Step_1a() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_0);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!slice_from("ss")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("i")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_del()) {
          return false;
        }
      }
    }
  }
  return true;
}
function r_Step_1b() {
  let among_var, c, v_1, v_2, v_3;
  ket = cursor;
  among_var = find_among_b(a_2);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!r_R1()) {
      return false;
    }
    if (!slice_from("ee")) {
      return false;
    }
  } else {
    v_1 = (limit - cursor);
    if (!go_out_grouping_b(g_v)) {
      return false;
    }
    cursor -= 1;
    cursor = (limit - v_1);
    if (!slice_del()) {
      return false;
    }
    v_2 = (limit - cursor);
    among_var = find_among_b(a_1);
    cursor = (limit - v_2);
    if (among_var === 1) {
      c = cursor;
      insert(cursor, cursor, "e");
      cursor = c;
    } else {
      if (among_var === 2) {
        ket = cursor;
        if (cursor <= limit_backward) {
          return false;
        }
        cursor -= 1;
        bra = cursor;
        if (!slice_del()) {
          return false;
        }
      } else {
        if (cursor !== I_p1) {
          return false;
        }
        v_3 = (limit - cursor);
        if (!r_shortv()) {
          return false;
        }
        cursor = (limit - v_3);
        c = cursor;
        insert(cursor, cursor, "e");
        cursor = c;
      }
    }
  }
  return true;
}
function r_Step_1c() {
  let v_1;
  ket = cursor;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (!eq_s_b("y")) {
        break lab1;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    if (!eq_s_b("Y")) {
      return false;
    }
  }
  bra = cursor;
  if (!go_out_grouping_b(g_v)) {
    return false;
  }
  cursor -= 1;
  if (!slice_from("i")) {
    return false;
  }
  return true;
}
function r_Step_2() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_3);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R1()) {
    return false;
  }
  if (among_var === 1) {
    if (!slice_from("tion")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("ence")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("ance")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!slice_from("able")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!slice_from("ent")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!slice_from("e")) {
                return false;
              }
            } else {
              if (among_var === 7) {
                if (!slice_from("ize")) {
                  return false;
                }
              } else {
                if (among_var === 8) {
                  if (!slice_from("ate")) {
                    return false;
                  }
                } else {
                  if (among_var === 9) {
                    if (!slice_from("al")) {
                      return false;
                    }
                  } else {
                    if (among_var === 10) {
                      if (!slice_from("ful")) {
                        return false;
                      }
                    } else {
                      if (among_var === 11) {
                        if (!slice_from("ous")) {
                          return false;
                        }
                      } else {
                        if (among_var === 12) {
                          if (!slice_from("ive")) {
                            return false;
                          }
                        } else {
                          if (!slice_from("ble")) {
                            return false;
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
  return true;
}
function r_Step_3() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_4);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R1()) {
    return false;
  }
  if (among_var === 1) {
    if (!slice_from("al")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("ic")) {
        return false;
      }
    } else {
      if (!slice_del()) {
        return false;
      }
    }
  }
  return true;
}
function r_Step_4() {
  let among_var, v_1;
  ket = cursor;
  among_var = find_among_b(a_5);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R2()) {
    return false;
  }
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
  } else {
    lab0: {
      v_1 = (limit - cursor);
      lab1: {
        if (!eq_s_b("s")) {
          break lab1;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      if (!eq_s_b("t")) {
        return false;
      }
    }
    if (!slice_del()) {
      return false;
    }
  }
  return true;
}
function r_Step_5a() {
  let v_2;
  ket = cursor;
  if (!eq_s_b("e")) {
    return false;
  }
  bra = cursor;
  lab0: {
    lab1: {
      if (!r_R2()) {
        break lab1;
      }
      break lab0;
    }
    if (!r_R1()) {
      return false;
    }
    v_2 = (limit - cursor);
    lab2: {
      if (!r_shortv()) {
        break lab2;
      }
      return false;
    }
    cursor = (limit - v_2);
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_Step_5b() {
  ket = cursor;
  if (!eq_s_b("l")) {
    return false;
  }
  bra = cursor;
  if (!r_R2()) {
    return false;
  }
  if (!eq_s_b("l")) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function stem() {
  let v_1, v_10, v_11, v_12, v_13, v_14, v_15, v_16, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  B_Y_found = false;
  v_1 = cursor;
  lab0: {
    bra = cursor;
    if (!eq_s("y")) {
      break lab0;
    }
    ket = cursor;
    if (!slice_from("Y")) {
      return false;
    }
    B_Y_found = true;
  }
  cursor = v_1;
  v_2 = cursor;
  lab1: {
    while (true) {
      v_3 = cursor;
      lab2: {
        lab3: {
          while (true) {
            v_4 = cursor;
            lab4: {
              if (!in_grouping(g_v)) {
                break lab4;
              }
              bra = cursor;
              if (!eq_s("y")) {
                break lab4;
              }
              ket = cursor;
              cursor = v_4;
              break lab3;
            }
            cursor = v_4;
            if (cursor >= limit) {
              break lab2;
            }
            cursor += 1;
          }
        }
        if (!slice_from("Y")) {
          return false;
        }
        B_Y_found = true;
        continue;
      }
      cursor = v_3;
      break;
    }
  }
  cursor = v_2;
  I_p1 = limit;
  I_p2 = limit;
  v_5 = cursor;
  lab5: {
    if (!go_out_grouping(g_v)) {
      break lab5;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab5;
    }
    cursor += 1;
    I_p1 = cursor;
    if (!go_out_grouping(g_v)) {
      break lab5;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab5;
    }
    cursor += 1;
    I_p2 = cursor;
  }
  cursor = v_5;
  limit_backward = cursor;
  cursor = limit;
  v_6 = (limit - cursor);
  r_Step_1a();
  cursor = (limit - v_6);
  v_7 = (limit - cursor);
  r_Step_1b();
  cursor = (limit - v_7);
  v_8 = (limit - cursor);
  r_Step_1c();
  cursor = (limit - v_8);
  v_9 = (limit - cursor);
  r_Step_2();
  cursor = (limit - v_9);
  v_10 = (limit - cursor);
  r_Step_3();
  cursor = (limit - v_10);
  v_11 = (limit - cursor);
  r_Step_4();
  cursor = (limit - v_11);
  v_12 = (limit - cursor);
  r_Step_5a();
  cursor = (limit - v_12);
  v_13 = (limit - cursor);
  r_Step_5b();
  cursor = (limit - v_13);
  cursor = limit_backward;
  v_14 = cursor;
  lab6: {
    if (!(B_Y_found)) {
      break lab6;
    }
    while (true) {
      v_15 = cursor;
      lab7: {
        lab8: {
          while (true) {
            v_16 = cursor;
            lab9: {
              bra = cursor;
              if (!eq_s("Y")) {
                break lab9;
              }
              ket = cursor;
              cursor = v_16;
              break lab8;
            }
            cursor = v_16;
            if (cursor >= limit) {
              break lab7;
            }
            cursor += 1;
          }
        }
        if (!slice_from("y")) {
          return false;
        }
        continue;
      }
      cursor = v_15;
      break;
    }
  }
  cursor = v_14;
  return true;
}
export const porter = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
