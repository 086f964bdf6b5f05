// Snowball's german: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiouyäöü";
const g_et_ending = "dfgklmnrstUzä";
const g_s_ending = "bdfghklmnrt";
const g_st_ending = "bdfghklmnt";
let I_x = 0;
let I_p2 = 0;
let I_p1 = 0;
const a_0 = among(",5,ae,2,oe,3,qu,-1,ue,4,ß,1");
const a_1 = among(",5,U,2,Y,1,ä,3,ö,4,ü,2");
const a_2 = among("e,3,em,1,en,3,erinnen,2,erin,2,ln,5,ern,2,er,2,s,4,es,3,lns,5");
const a_3 = among("tick,-1,plan,-1,geordn,-1,intern,-1,tr,-1");
const a_4 = among("en,1,er,1,et,3,st,2,est,1");
const a_5 = among("ig,1,lich,1");
const a_6 = among("end,1,ig,2,ung,1,lich,3,isch,2,ik,2,heit,3,keit,4");
function r_prelude() {
  let among_var, v_1, v_2, v_3, v_4, v_5;
  v_1 = cursor;
  while (true) {
    v_2 = cursor;
    lab0: {
      lab1: {
        while (true) {
          v_3 = cursor;
          lab2: {
            if (!in_grouping(g_v)) {
              break lab2;
            }
            bra = cursor;
            lab3: {
              v_4 = cursor;
              lab4: {
                if (!eq_s("u")) {
                  break lab4;
                }
                ket = cursor;
                if (!in_grouping(g_v)) {
                  break lab4;
                }
                if (!slice_from("U")) {
                  return false;
                }
                break lab3;
              }
              cursor = v_4;
              if (!eq_s("y")) {
                break lab2;
              }
              ket = cursor;
              if (!in_grouping(g_v)) {
                break lab2;
              }
              if (!slice_from("Y")) {
                return false;
              }
            }
            cursor = v_3;
            break lab1;
          }
          cursor = v_3;
          if (cursor >= limit) {
            break lab0;
          }
          cursor += 1;
        }
      }
      continue;
    }
    cursor = v_2;
    break;
  }
  cursor = v_1;
  while (true) {
    v_5 = cursor;
    lab5: {
      bra = cursor;
      among_var = find_among(a_0);
      ket = cursor;
      if (among_var === 1) {
        if (!slice_from("ss")) {
          return false;
        }
      } else {
        if (among_var === 2) {
          if (!slice_from("ä")) {
            return false;
          }
        } else {
          if (among_var === 3) {
            if (!slice_from("ö")) {
              return false;
            }
          } else {
            if (among_var === 4) {
              if (!slice_from("ü")) {
                return false;
              }
            } else {
              if (among_var === 5) {
                if (cursor >= limit) {
                  break lab5;
                }
                cursor += 1;
              }
            }
          }
        }
      }
      continue;
    }
    cursor = v_5;
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
          if (!slice_from("u")) {
            return false;
          }
        } else {
          if (among_var === 3) {
            if (!slice_from("a")) {
              return false;
            }
          } else {
            if (among_var === 4) {
              if (!slice_from("o")) {
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
function r_standard_suffix() {
  let among_var, c, v_1, v_10, v_11, v_12, v_13, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  v_1 = (limit - cursor);
  lab0: {
    ket = cursor;
    among_var = find_among_b(a_2);
    if (among_var === 0) {
      break lab0;
    }
    bra = cursor;
    if (!r_R1()) {
      break lab0;
    }
    if (among_var === 1) {
      v_2 = (limit - cursor);
      lab1: {
        if (!eq_s_b("syst")) {
          break lab1;
        }
        break lab0;
      }
      cursor = (limit - v_2);
      if (!slice_del()) {
        return false;
      }
    } else {
      if (among_var === 2) {
        if (!slice_del()) {
          return false;
        }
      } else {
        if (among_var === 3) {
          if (!slice_del()) {
            return false;
          }
          v_3 = (limit - cursor);
          lab2: {
            ket = cursor;
            if (!eq_s_b("s")) {
              cursor = (limit - v_3);
              break lab2;
            }
            bra = cursor;
            if (!eq_s_b("nis")) {
              cursor = (limit - v_3);
              break lab2;
            }
            if (!slice_del()) {
              return false;
            }
          }
        } else {
          if (among_var === 4) {
            if (!in_grouping_b(g_s_ending)) {
              break lab0;
            }
            if (!slice_del()) {
              return false;
            }
          } else {
            if (!slice_from("l")) {
              return false;
            }
          }
        }
      }
    }
  }
  cursor = (limit - v_1);
  v_4 = (limit - cursor);
  lab3: {
    ket = cursor;
    among_var = find_among_b(a_4);
    if (among_var === 0) {
      break lab3;
    }
    bra = cursor;
    if (!r_R1()) {
      break lab3;
    }
    if (among_var === 1) {
      if (!slice_del()) {
        return false;
      }
    } else {
      if (among_var === 2) {
        if (!in_grouping_b(g_st_ending)) {
          break lab3;
        }
        c = (cursor - 3);
        if (c < limit_backward) {
          break lab3;
        }
        cursor = c;
        if (!slice_del()) {
          return false;
        }
      } else {
        v_5 = (limit - cursor);
        if (!in_grouping_b(g_et_ending)) {
          break lab3;
        }
        cursor = (limit - v_5);
        v_6 = (limit - cursor);
        lab4: {
          if (find_among_b(a_3) === 0) {
            break lab4;
          }
          break lab3;
        }
        cursor = (limit - v_6);
        if (!slice_del()) {
          return false;
        }
      }
    }
  }
  cursor = (limit - v_4);
  v_7 = (limit - cursor);
  lab5: {
    ket = cursor;
    among_var = find_among_b(a_6);
    if (among_var === 0) {
      break lab5;
    }
    bra = cursor;
    if (!r_R2()) {
      break lab5;
    }
    if (among_var === 1) {
      if (!slice_del()) {
        return false;
      }
      v_8 = (limit - cursor);
      lab6: {
        ket = cursor;
        if (!eq_s_b("ig")) {
          cursor = (limit - v_8);
          break lab6;
        }
        bra = cursor;
        v_9 = (limit - cursor);
        lab7: {
          if (!eq_s_b("e")) {
            break lab7;
          }
          cursor = (limit - v_8);
          break lab6;
        }
        cursor = (limit - v_9);
        if (!r_R2()) {
          cursor = (limit - v_8);
          break lab6;
        }
        if (!slice_del()) {
          return false;
        }
      }
    } else {
      if (among_var === 2) {
        v_10 = (limit - cursor);
        lab8: {
          if (!eq_s_b("e")) {
            break lab8;
          }
          break lab5;
        }
        cursor = (limit - v_10);
        if (!slice_del()) {
          return false;
        }
      } else {
        if (among_var === 3) {
          if (!slice_del()) {
            return false;
          }
          v_11 = (limit - cursor);
          lab9: {
            ket = cursor;
            lab10: {
              v_12 = (limit - cursor);
              lab11: {
                if (!eq_s_b("er")) {
                  break lab11;
                }
                break lab10;
              }
              cursor = (limit - v_12);
              if (!eq_s_b("en")) {
                cursor = (limit - v_11);
                break lab9;
              }
            }
            bra = cursor;
            if (!r_R1()) {
              cursor = (limit - v_11);
              break lab9;
            }
            if (!slice_del()) {
              return false;
            }
          }
        } else {
          if (!slice_del()) {
            return false;
          }
          v_13 = (limit - cursor);
          lab12: {
            ket = cursor;
            if (find_among_b(a_5) === 0) {
              cursor = (limit - v_13);
              break lab12;
            }
            bra = cursor;
            if (!r_R2()) {
              cursor = (limit - v_13);
              break lab12;
            }
            if (!slice_del()) {
              return false;
            }
          }
        }
      }
    }
  }
  cursor = (limit - v_7);
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
export const german = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
