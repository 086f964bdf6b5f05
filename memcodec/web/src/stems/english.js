// Snowball's english: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_aeo = "aeo";
const g_v = "aeiouy";
const g_v_WXY = "aeiouywxY";
const g_valid_LI = "cdeghkmnrt";
let B_Y_found = false;
let I_p2 = 0;
let I_p1 = 0;
const a_0 = among("arsen,-1,commun,-1,emerg,-1,gener,-1,later,-1,organ,-1,past,-1,univers,-1,inter,-1");
const a_1 = among("',1,'s',1,'s,1");
const a_2 = among("ied,2,s,3,ies,2,sses,1,ss,-1,us,-1");
const a_3 = among("succ,1,proc,1,exc,1");
const a_4 = among("even,2,cann,2,inn,2,earr,2,herr,2,out,2,y,1");
const a_5 = among(",-1,ed,2,eed,1,ing,3,edly,2,eedly,1,ingly,2");
const a_6 = among(",3,bb,2,dd,2,ff,2,gg,2,bl,1,mm,2,nn,2,pp,2,rr,2,at,1,tt,2,iz,1");
const a_7 = among("anci,3,enci,2,ogi,14,li,16,bli,12,abli,4,alli,8,fulli,9,lessli,15,ousli,10,entli,5,aliti,8,biliti,12,iviti,11,tional,1,ational,7,alism,8,ation,7,ization,6,izer,6,ator,7,iveness,11,fulness,9,ousness,10,ogist,13");
const a_8 = among("icate,4,ative,6,alize,3,iciti,4,ical,4,tional,1,ational,2,ful,5,ness,5");
const a_9 = among("ic,1,ance,1,ence,1,able,1,ible,1,ate,1,ive,1,ize,1,iti,1,al,1,ism,1,ion,2,er,1,ous,1,ant,1,ent,1,ment,1,ement,1");
const a_10 = among("e,1,l,2");
const a_11 = among("andes,-1,atlas,-1,bias,-1,cosmos,-1,early,5,gently,3,howe,-1,idly,2,news,-1,only,6,singly,7,skies,1,sky,-1,ugly,4");
function r_prelude() {
  let v_1, v_2, v_3, v_4, v_5;
  B_Y_found = false;
  v_1 = cursor;
  lab0: {
    bra = cursor;
    if (!eq_s("'")) {
      break lab0;
    }
    ket = cursor;
    if (!slice_del()) {
      return false;
    }
  }
  cursor = v_1;
  v_2 = cursor;
  lab1: {
    bra = cursor;
    if (!eq_s("y")) {
      break lab1;
    }
    ket = cursor;
    if (!slice_from("Y")) {
      return false;
    }
    B_Y_found = true;
  }
  cursor = v_2;
  v_3 = cursor;
  lab2: {
    while (true) {
      v_4 = cursor;
      lab3: {
        lab4: {
          while (true) {
            v_5 = cursor;
            lab5: {
              if (!in_grouping(g_v)) {
                break lab5;
              }
              bra = cursor;
              if (!eq_s("y")) {
                break lab5;
              }
              ket = cursor;
              cursor = v_5;
              break lab4;
            }
            cursor = v_5;
            if (cursor >= limit) {
              break lab3;
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
      cursor = v_4;
      break;
    }
  }
  cursor = v_3;
  return true;
}
function r_mark_regions() {
  let v_1, v_2;
  I_p1 = limit;
  I_p2 = limit;
  v_1 = cursor;
  lab0: {
    lab1: {
      v_2 = cursor;
      lab2: {
        if (find_among(a_0) === 0) {
          break lab2;
        }
        break lab1;
      }
      cursor = v_2;
      if (!go_out_grouping(g_v)) {
        break lab0;
      }
      cursor += 1;
      if (!go_in_grouping(g_v)) {
        break lab0;
      }
      cursor += 1;
    }
    I_p1 = cursor;
    if (!go_out_grouping(g_v)) {
      break lab0;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab0;
    }
    cursor += 1;
    I_p2 = cursor;
  }
  cursor = v_1;
  return true;
}
function r_shortv() {
  let v_1;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (!out_grouping_b(g_v_WXY)) {
        break lab1;
      }
      if (!in_grouping_b(g_v)) {
        break lab1;
      }
      if (!out_grouping_b(g_v)) {
        break lab1;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab2: {
      if (!out_grouping_b(g_v)) {
        break lab2;
      }
      if (!in_grouping_b(g_v)) {
        break lab2;
      }
      if (cursor > limit_backward) {
        break lab2;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    if (!eq_s_b("past")) {
      return false;
    }
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
  let among_var, c, v_1, v_2;
  v_1 = (limit - cursor);
  lab0: {
    ket = cursor;
    if (find_among_b(a_1) === 0) {
      cursor = (limit - v_1);
      break lab0;
    }
    bra = cursor;
    if (!slice_del()) {
      return false;
    }
  }
  ket = cursor;
  among_var = find_among_b(a_2);
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
      lab1: {
        v_2 = (limit - cursor);
        lab2: {
          c = (cursor - 2);
          if (c < limit_backward) {
            break lab2;
          }
          cursor = c;
          if (!slice_from("i")) {
            return false;
          }
          break lab1;
        }
        cursor = (limit - v_2);
        if (!slice_from("ie")) {
          return false;
        }
      }
    } else {
      if (among_var === 3) {
        if (cursor <= limit_backward) {
          return false;
        }
        cursor -= 1;
        if (!go_out_grouping_b(g_v)) {
          return false;
        }
        cursor -= 1;
        if (!slice_del()) {
          return false;
        }
      }
    }
  }
  return true;
}
function r_Step_1b() {
  let among_var, v_1, v_2, v_3, v_4, v_5, v_6, v_7, v_8;
  ket = cursor;
  among_var = find_among_b(a_5);
  bra = cursor;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (among_var === 1) {
        v_2 = (limit - cursor);
        lab2: {
          lab3: {
            v_3 = (limit - cursor);
            lab4: {
              if (find_among_b(a_3) === 0) {
                break lab4;
              }
              if (cursor > limit_backward) {
                break lab4;
              }
              break lab3;
            }
            cursor = (limit - v_3);
            if (!r_R1()) {
              break lab2;
            }
            if (!slice_from("ee")) {
              return false;
            }
          }
        }
        cursor = (limit - v_2);
      } else {
        if (among_var === 2) {
          break lab1;
        } else {
          if (among_var === 3) {
            among_var = find_among_b(a_4);
            if (among_var === 0) {
              break lab1;
            }
            if (among_var === 1) {
              v_4 = (limit - cursor);
              if (!out_grouping_b(g_v)) {
                break lab1;
              }
              if (cursor > limit_backward) {
                break lab1;
              }
              cursor = (limit - v_4);
              bra = cursor;
              if (!slice_from("ie")) {
                return false;
              }
            } else {
              if (cursor > limit_backward) {
                break lab1;
              }
            }
          }
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    v_5 = (limit - cursor);
    if (!go_out_grouping_b(g_v)) {
      return false;
    }
    cursor -= 1;
    cursor = (limit - v_5);
    if (!slice_del()) {
      return false;
    }
    ket = cursor;
    bra = cursor;
    v_6 = (limit - cursor);
    among_var = find_among_b(a_6);
    if (among_var === 1) {
      if (!slice_from("e")) {
        return false;
      }
      return false;
    } else {
      if (among_var === 2) {
        v_7 = (limit - cursor);
        lab5: {
          if (!in_grouping_b(g_aeo)) {
            break lab5;
          }
          if (cursor > limit_backward) {
            break lab5;
          }
          return false;
        }
        cursor = (limit - v_7);
      } else {
        if (cursor !== I_p1) {
          return false;
        }
        v_8 = (limit - cursor);
        if (!r_shortv()) {
          return false;
        }
        cursor = (limit - v_8);
        if (!slice_from("e")) {
          return false;
        }
        return false;
      }
    }
    cursor = (limit - v_6);
    ket = cursor;
    if (cursor <= limit_backward) {
      return false;
    }
    cursor -= 1;
    bra = cursor;
    if (!slice_del()) {
      return false;
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
  if (!out_grouping_b(g_v)) {
    return false;
  }
  lab2: {
    if (cursor > limit_backward) {
      break lab2;
    }
    return false;
  }
  if (!slice_from("i")) {
    return false;
  }
  return true;
}
function r_Step_2() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_7);
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
              if (!slice_from("ize")) {
                return false;
              }
            } else {
              if (among_var === 7) {
                if (!slice_from("ate")) {
                  return false;
                }
              } else {
                if (among_var === 8) {
                  if (!slice_from("al")) {
                    return false;
                  }
                } else {
                  if (among_var === 9) {
                    if (!slice_from("ful")) {
                      return false;
                    }
                  } else {
                    if (among_var === 10) {
                      if (!slice_from("ous")) {
                        return false;
                      }
                    } else {
                      if (among_var === 11) {
                        if (!slice_from("ive")) {
                          return false;
                        }
                      } else {
                        if (among_var === 12) {
                          if (!slice_from("ble")) {
                            return false;
                          }
                        } else {
                          if (among_var === 13) {
                            if (!slice_from("og")) {
                              return false;
                            }
                          } else {
                            if (among_var === 14) {
                              if (!eq_s_b("l")) {
                                return false;
                              }
                              if (!slice_from("og")) {
                                return false;
                              }
                            } else {
                              if (among_var === 15) {
                                if (!slice_from("less")) {
                                  return false;
                                }
                              } else {
                                if (!in_grouping_b(g_valid_LI)) {
                                  return false;
                                }
                                if (!slice_del()) {
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
      }
    }
  }
  return true;
}
function r_Step_3() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_8);
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
      if (!slice_from("ate")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("al")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!slice_from("ic")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!slice_del()) {
              return false;
            }
          } else {
            if (!r_R2()) {
              return false;
            }
            if (!slice_del()) {
              return false;
            }
          }
        }
      }
    }
  }
  return true;
}
function r_Step_4() {
  let among_var, v_1;
  ket = cursor;
  among_var = find_among_b(a_9);
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
function r_Step_5() {
  let among_var, v_2;
  ket = cursor;
  among_var = find_among_b(a_10);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
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
  } else {
    if (!r_R2()) {
      return false;
    }
    if (!eq_s_b("l")) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  }
  return true;
}
function r_exception1() {
  let among_var;
  bra = cursor;
  among_var = find_among(a_11);
  if (among_var === 0) {
    return false;
  }
  ket = cursor;
  if (cursor < limit) {
    return false;
  }
  if (among_var === 1) {
    if (!slice_from("sky")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("idl")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("gentl")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!slice_from("ugli")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!slice_from("earli")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!slice_from("onli")) {
                return false;
              }
            } else {
              if (among_var === 7) {
                if (!slice_from("singl")) {
                  return false;
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
function r_postlude() {
  let v_1, v_2;
  if (!(B_Y_found)) {
    return false;
  }
  while (true) {
    v_1 = cursor;
    lab0: {
      lab1: {
        while (true) {
          v_2 = cursor;
          lab2: {
            bra = cursor;
            if (!eq_s("Y")) {
              break lab2;
            }
            ket = cursor;
            cursor = v_2;
            break lab1;
          }
          cursor = v_2;
          if (cursor >= limit) {
            break lab0;
          }
          cursor += 1;
        }
      }
      if (!slice_from("y")) {
        return false;
      }
      continue;
    }
    cursor = v_1;
    break;
  }
  return true;
}
function stem() {
  let c, v_1, v_10, v_11, v_12, v_2, v_5, v_6, v_7, v_8, v_9;
  lab0: {
    v_1 = cursor;
    lab1: {
      if (!r_exception1()) {
        break lab1;
      }
      break lab0;
    }
    cursor = v_1;
    lab2: {
      v_2 = cursor;
      lab3: {
        c = (cursor + 3);
        if (c > limit) {
          break lab3;
        }
        cursor = c;
        break lab2;
      }
      cursor = v_2;
      break lab0;
    }
    cursor = v_1;
    r_prelude();
    r_mark_regions();
    limit_backward = cursor;
    cursor = limit;
    v_5 = (limit - cursor);
    r_Step_1a();
    cursor = (limit - v_5);
    v_6 = (limit - cursor);
    r_Step_1b();
    cursor = (limit - v_6);
    v_7 = (limit - cursor);
    r_Step_1c();
    cursor = (limit - v_7);
    v_8 = (limit - cursor);
    r_Step_2();
    cursor = (limit - v_8);
    v_9 = (limit - cursor);
    r_Step_3();
    cursor = (limit - v_9);
    v_10 = (limit - cursor);
    r_Step_4();
    cursor = (limit - v_10);
    v_11 = (limit - cursor);
    r_Step_5();
    cursor = (limit - v_11);
    cursor = limit_backward;
    v_12 = cursor;
    r_postlude();
    cursor = v_12;
  }
  return true;
}
export const english = (word) => {
  if (word === "skis") return "ski";
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
