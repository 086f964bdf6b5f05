// Snowball's dutch: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_E = "eëéèê";
const g_AIOU = "aäáàâiïíìîoöóòôuüúùû";
const g_AEIOU = "aäáàâeëéèêiïíìîoöóòôuüúùû";
const g_v = "aäáàâeëéèêiïíìîoöóòôuüúùûy";
const g_v_WX = "aäáàâeëéèêiïíìîoöóòôuüúùûywx";
let B_GE_removed = false;
let B_stemmed = false;
let I_p2 = 0;
let I_p1 = 0;
let S_ch = "";
const a_0 = among("a,1,e,2,o,1,u,1,à,1,á,1,â,1,ä,1,è,2,é,2,ê,2,eë,3,ië,4,ò,1,ó,1,ô,1,ö,1,ù,1,ú,1,û,1,ü,1");
const a_1 = among("nde,8,en,7,s,2,'s,1,es,4,ies,3,aus,6,és,5");
const a_2 = among("de,5,ge,2,ische,4,je,1,lijke,3,le,9,ene,10,re,8,se,7,te,6,ieve,11");
const a_3 = among("heid,3,fie,7,gie,8,atie,1,isme,5,ing,5,arij,6,erij,5,sel,3,rder,4,ster,3,iteit,2,dst,10,tst,9");
const a_4 = among("end,9,atief,2,erig,9,achtig,3,ioneel,1,baar,3,laar,5,naar,4,raar,6,eriger,9,achtiger,3,lijker,8,tant,7,erigst,9,achtigst,3,lijkst,8");
const a_5 = among("ig,1,iger,1,igst,1");
const a_6 = among("ft,2,kt,1,pt,3");
const a_7 = among("bb,1,cc,2,dd,3,ff,4,gg,5,hh,6,jj,7,kk,8,ll,9,mm,10,nn,11,pp,12,qq,13,rr,14,ss,15,tt,16,v,4,vv,17,ww,18,xx,19,z,15,zz,20");
const a_8 = among("d,1,t,2");
const a_9 = among(",-1,eft,1,vaa,1,val,1,vali,-1,vare,1");
const a_10 = among("ë,1,ï,2");
const a_11 = among("ë,1,ï,2");
function r_R1() {
  return I_p1 <= cursor;
}
function r_R2() {
  return I_p2 <= cursor;
}
function r_V() {
  let v_1, v_2;
  v_1 = (limit - cursor);
  lab0: {
    v_2 = (limit - cursor);
    lab1: {
      if (!in_grouping_b(g_v)) {
        break lab1;
      }
      break lab0;
    }
    cursor = (limit - v_2);
    if (!eq_s_b("ij")) {
      return false;
    }
  }
  cursor = (limit - v_1);
  return true;
}
function r_VX() {
  let v_1, v_2;
  v_1 = (limit - cursor);
  if (cursor <= limit_backward) {
    return false;
  }
  cursor -= 1;
  lab0: {
    v_2 = (limit - cursor);
    lab1: {
      if (!in_grouping_b(g_v)) {
        break lab1;
      }
      break lab0;
    }
    cursor = (limit - v_2);
    if (!eq_s_b("ij")) {
      return false;
    }
  }
  cursor = (limit - v_1);
  return true;
}
function r_C() {
  let v_1, v_2;
  v_1 = (limit - cursor);
  v_2 = (limit - cursor);
  lab0: {
    if (!eq_s_b("ij")) {
      break lab0;
    }
    return false;
  }
  cursor = (limit - v_2);
  if (!out_grouping_b(g_v)) {
    return false;
  }
  cursor = (limit - v_1);
  return true;
}
function r_lengthen_V() {
  let among_var, c, v_1, v_2, v_3, v_4, v_5, v_6, v_7, v_8;
  v_1 = (limit - cursor);
  lab0: {
    if (!out_grouping_b(g_v_WX)) {
      break lab0;
    }
    ket = cursor;
    among_var = find_among_b(a_0);
    if (among_var === 0) {
      break lab0;
    }
    bra = cursor;
    if (among_var === 1) {
      v_2 = (limit - cursor);
      lab1: {
        v_3 = (limit - cursor);
        lab2: {
          if (!out_grouping_b(g_AEIOU)) {
            break lab2;
          }
          break lab1;
        }
        cursor = (limit - v_3);
        if (cursor > limit_backward) {
          break lab0;
        }
      }
      cursor = (limit - v_2);
      S_ch = slice_to();
      if (S_ch === "") {
        return false;
      }
      c = cursor;
      insert(cursor, cursor, S_ch);
      cursor = c;
    } else {
      if (among_var === 2) {
        v_4 = (limit - cursor);
        lab3: {
          v_5 = (limit - cursor);
          lab4: {
            if (!out_grouping_b(g_AEIOU)) {
              break lab4;
            }
            break lab3;
          }
          cursor = (limit - v_5);
          if (cursor > limit_backward) {
            break lab0;
          }
        }
        v_6 = (limit - cursor);
        lab5: {
          lab6: {
            v_7 = (limit - cursor);
            lab7: {
              if (!in_grouping_b(g_AIOU)) {
                break lab7;
              }
              break lab6;
            }
            cursor = (limit - v_7);
            if (!in_grouping_b(g_E)) {
              break lab5;
            }
            if (cursor > limit_backward) {
              break lab5;
            }
          }
          break lab0;
        }
        cursor = (limit - v_6);
        v_8 = (limit - cursor);
        lab8: {
          if (cursor <= limit_backward) {
            break lab8;
          }
          cursor -= 1;
          if (!in_grouping_b(g_AIOU)) {
            break lab8;
          }
          if (!out_grouping_b(g_AEIOU)) {
            break lab8;
          }
          break lab0;
        }
        cursor = (limit - v_8);
        cursor = (limit - v_4);
        S_ch = slice_to();
        if (S_ch === "") {
          return false;
        }
        c = cursor;
        insert(cursor, cursor, S_ch);
        cursor = c;
      } else {
        if (among_var === 3) {
          if (!slice_from("eëe")) {
            return false;
          }
        } else {
          if (!slice_from("iee")) {
            return false;
          }
        }
      }
    }
  }
  cursor = (limit - v_1);
  return true;
}
function r_Step_1() {
  let among_var, v_1, v_2, v_3, v_4, v_5, v_6;
  ket = cursor;
  among_var = find_among_b(a_1);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!r_R1()) {
        return false;
      }
      v_1 = (limit - cursor);
      lab0: {
        if (!eq_s_b("t")) {
          break lab0;
        }
        if (!r_R1()) {
          break lab0;
        }
        return false;
      }
      cursor = (limit - v_1);
      if (!r_C()) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!r_R1()) {
          return false;
        }
        if (!slice_from("ie")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          lab1: {
            v_2 = (limit - cursor);
            lab2: {
              v_3 = (limit - cursor);
              if (!eq_s_b("ar")) {
                break lab2;
              }
              if (!r_R1()) {
                break lab2;
              }
              if (!r_C()) {
                break lab2;
              }
              cursor = (limit - v_3);
              if (!slice_del()) {
                return false;
              }
              r_lengthen_V();
              break lab1;
            }
            cursor = (limit - v_2);
            lab3: {
              v_4 = (limit - cursor);
              if (!eq_s_b("er")) {
                break lab3;
              }
              if (!r_R1()) {
                break lab3;
              }
              if (!r_C()) {
                break lab3;
              }
              cursor = (limit - v_4);
              if (!slice_del()) {
                return false;
              }
              break lab1;
            }
            cursor = (limit - v_2);
            if (!r_R1()) {
              return false;
            }
            if (!r_C()) {
              return false;
            }
            if (!slice_from("e")) {
              return false;
            }
          }
        } else {
          if (among_var === 5) {
            if (!r_R1()) {
              return false;
            }
            if (!slice_from("é")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!r_R1()) {
                return false;
              }
              if (!r_V()) {
                return false;
              }
              if (!slice_from("au")) {
                return false;
              }
            } else {
              if (among_var === 7) {
                lab4: {
                  v_5 = (limit - cursor);
                  lab5: {
                    if (!eq_s_b("hed")) {
                      break lab5;
                    }
                    if (!r_R1()) {
                      break lab5;
                    }
                    bra = cursor;
                    if (!slice_from("heid")) {
                      return false;
                    }
                    break lab4;
                  }
                  cursor = (limit - v_5);
                  lab6: {
                    if (!eq_s_b("nd")) {
                      break lab6;
                    }
                    if (!slice_del()) {
                      return false;
                    }
                    break lab4;
                  }
                  cursor = (limit - v_5);
                  lab7: {
                    if (!eq_s_b("d")) {
                      break lab7;
                    }
                    if (!r_R1()) {
                      break lab7;
                    }
                    if (!r_C()) {
                      break lab7;
                    }
                    bra = cursor;
                    if (!slice_del()) {
                      return false;
                    }
                    break lab4;
                  }
                  cursor = (limit - v_5);
                  lab8: {
                    lab9: {
                      v_6 = (limit - cursor);
                      lab10: {
                        if (!eq_s_b("i")) {
                          break lab10;
                        }
                        break lab9;
                      }
                      cursor = (limit - v_6);
                      if (!eq_s_b("j")) {
                        break lab8;
                      }
                    }
                    if (!r_V()) {
                      break lab8;
                    }
                    if (!slice_del()) {
                      return false;
                    }
                    break lab4;
                  }
                  cursor = (limit - v_5);
                  if (!r_R1()) {
                    return false;
                  }
                  if (!r_C()) {
                    return false;
                  }
                  if (!slice_del()) {
                    return false;
                  }
                  r_lengthen_V();
                }
              } else {
                if (!slice_from("nd")) {
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
function r_Step_2() {
  let among_var, v_1;
  ket = cursor;
  among_var = find_among_b(a_2);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    lab0: {
      v_1 = (limit - cursor);
      lab1: {
        if (!eq_s_b("'t")) {
          break lab1;
        }
        bra = cursor;
        if (!slice_del()) {
          return false;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      lab2: {
        if (!eq_s_b("et")) {
          break lab2;
        }
        bra = cursor;
        if (!r_R1()) {
          break lab2;
        }
        if (!r_C()) {
          break lab2;
        }
        if (!slice_del()) {
          return false;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      lab3: {
        if (!eq_s_b("rnt")) {
          break lab3;
        }
        bra = cursor;
        if (!slice_from("rn")) {
          return false;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      lab4: {
        if (!eq_s_b("t")) {
          break lab4;
        }
        bra = cursor;
        if (!r_R1()) {
          break lab4;
        }
        if (!r_VX()) {
          break lab4;
        }
        if (!slice_del()) {
          return false;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      lab5: {
        if (!eq_s_b("ink")) {
          break lab5;
        }
        bra = cursor;
        if (!slice_from("ing")) {
          return false;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      lab6: {
        if (!eq_s_b("mp")) {
          break lab6;
        }
        bra = cursor;
        if (!slice_from("m")) {
          return false;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      lab7: {
        if (!eq_s_b("'")) {
          break lab7;
        }
        bra = cursor;
        if (!r_R1()) {
          break lab7;
        }
        if (!slice_del()) {
          return false;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      bra = cursor;
      if (!r_R1()) {
        return false;
      }
      if (!r_C()) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
    }
  } else {
    if (among_var === 2) {
      if (!r_R1()) {
        return false;
      }
      if (!slice_from("g")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!r_R1()) {
          return false;
        }
        if (!slice_from("lijk")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!r_R1()) {
            return false;
          }
          if (!slice_from("isch")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!r_R1()) {
              return false;
            }
            if (!r_C()) {
              return false;
            }
            if (!slice_del()) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!r_R1()) {
                return false;
              }
              if (!slice_from("t")) {
                return false;
              }
            } else {
              if (among_var === 7) {
                if (!r_R1()) {
                  return false;
                }
                if (!slice_from("s")) {
                  return false;
                }
              } else {
                if (among_var === 8) {
                  if (!r_R1()) {
                    return false;
                  }
                  if (!slice_from("r")) {
                    return false;
                  }
                } else {
                  if (among_var === 9) {
                    if (!r_R1()) {
                      return false;
                    }
                    if (!slice_del()) {
                      return false;
                    }
                    insert(cursor, cursor, "l");
                    r_lengthen_V();
                  } else {
                    if (among_var === 10) {
                      if (!r_R1()) {
                        return false;
                      }
                      if (!r_C()) {
                        return false;
                      }
                      if (!slice_del()) {
                        return false;
                      }
                      insert(cursor, cursor, "en");
                      r_lengthen_V();
                    } else {
                      if (!r_R1()) {
                        return false;
                      }
                      if (!r_C()) {
                        return false;
                      }
                      if (!slice_from("ief")) {
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
  return true;
}
function r_Step_3() {
  let among_var, v_1;
  ket = cursor;
  among_var = find_among_b(a_3);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!r_R1()) {
      return false;
    }
    if (!slice_from("eer")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!r_R1()) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
      r_lengthen_V();
    } else {
      if (among_var === 3) {
        if (!r_R1()) {
          return false;
        }
        if (!slice_del()) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!slice_from("r")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            lab0: {
              v_1 = (limit - cursor);
              lab1: {
                if (!eq_s_b("ild")) {
                  break lab1;
                }
                if (!slice_from("er")) {
                  return false;
                }
                break lab0;
              }
              cursor = (limit - v_1);
              if (!r_R1()) {
                return false;
              }
              if (!slice_del()) {
                return false;
              }
              r_lengthen_V();
            }
          } else {
            if (among_var === 6) {
              if (!r_R1()) {
                return false;
              }
              if (!r_C()) {
                return false;
              }
              if (!slice_from("aar")) {
                return false;
              }
            } else {
              if (among_var === 7) {
                if (!r_R2()) {
                  return false;
                }
                if (!slice_del()) {
                  return false;
                }
                insert(cursor, cursor, "f");
                r_lengthen_V();
              } else {
                if (among_var === 8) {
                  if (!r_R2()) {
                    return false;
                  }
                  if (!slice_del()) {
                    return false;
                  }
                  insert(cursor, cursor, "g");
                  r_lengthen_V();
                } else {
                  if (among_var === 9) {
                    if (!r_R1()) {
                      return false;
                    }
                    if (!r_C()) {
                      return false;
                    }
                    if (!slice_from("t")) {
                      return false;
                    }
                  } else {
                    if (!r_R1()) {
                      return false;
                    }
                    if (!r_C()) {
                      return false;
                    }
                    if (!slice_from("d")) {
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
  return true;
}
function r_Step_4() {
  let among_var, v_1, v_2;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      ket = cursor;
      among_var = find_among_b(a_4);
      if (among_var === 0) {
        break lab1;
      }
      bra = cursor;
      if (among_var === 1) {
        if (!r_R1()) {
          break lab1;
        }
        if (!slice_from("ie")) {
          return false;
        }
      } else {
        if (among_var === 2) {
          if (!r_R1()) {
            break lab1;
          }
          if (!slice_from("eer")) {
            return false;
          }
        } else {
          if (among_var === 3) {
            if (!r_R1()) {
              break lab1;
            }
            if (!slice_del()) {
              return false;
            }
          } else {
            if (among_var === 4) {
              if (!r_R1()) {
                break lab1;
              }
              if (!r_V()) {
                break lab1;
              }
              if (!slice_from("n")) {
                return false;
              }
            } else {
              if (among_var === 5) {
                if (!r_R1()) {
                  break lab1;
                }
                if (!r_V()) {
                  break lab1;
                }
                if (!slice_from("l")) {
                  return false;
                }
              } else {
                if (among_var === 6) {
                  if (!r_R1()) {
                    break lab1;
                  }
                  if (!r_V()) {
                    break lab1;
                  }
                  if (!slice_from("r")) {
                    return false;
                  }
                } else {
                  if (among_var === 7) {
                    if (!r_R1()) {
                      break lab1;
                    }
                    if (!slice_from("teer")) {
                      return false;
                    }
                  } else {
                    if (among_var === 8) {
                      if (!r_R1()) {
                        break lab1;
                      }
                      if (!slice_from("lijk")) {
                        return false;
                      }
                    } else {
                      if (!r_R1()) {
                        break lab1;
                      }
                      if (!r_C()) {
                        break lab1;
                      }
                      if (!slice_del()) {
                        return false;
                      }
                      r_lengthen_V();
                    }
                  }
                }
              }
            }
          }
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    ket = cursor;
    if (find_among_b(a_5) === 0) {
      return false;
    }
    bra = cursor;
    if (!r_R1()) {
      return false;
    }
    v_2 = (limit - cursor);
    lab2: {
      if (!eq_s_b("inn")) {
        break lab2;
      }
      if (cursor > limit_backward) {
        break lab2;
      }
      return false;
    }
    cursor = (limit - v_2);
    if (!r_C()) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
    r_lengthen_V();
  }
  return true;
}
function r_Step_7() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_6);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!slice_from("k")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("f")) {
        return false;
      }
    } else {
      if (!slice_from("p")) {
        return false;
      }
    }
  }
  return true;
}
function r_Step_6() {
  let among_var, v_1;
  ket = cursor;
  among_var = find_among_b(a_7);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!slice_from("b")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("c")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("d")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!slice_from("f")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!slice_from("g")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!slice_from("h")) {
                return false;
              }
            } else {
              if (among_var === 7) {
                if (!slice_from("j")) {
                  return false;
                }
              } else {
                if (among_var === 8) {
                  if (!slice_from("k")) {
                    return false;
                  }
                } else {
                  if (among_var === 9) {
                    if (!slice_from("l")) {
                      return false;
                    }
                  } else {
                    if (among_var === 10) {
                      if (!slice_from("m")) {
                        return false;
                      }
                    } else {
                      if (among_var === 11) {
                        v_1 = (limit - cursor);
                        lab0: {
                          if (!eq_s_b("i")) {
                            break lab0;
                          }
                          if (cursor > limit_backward) {
                            break lab0;
                          }
                          return false;
                        }
                        cursor = (limit - v_1);
                        if (!slice_from("n")) {
                          return false;
                        }
                      } else {
                        if (among_var === 12) {
                          if (!slice_from("p")) {
                            return false;
                          }
                        } else {
                          if (among_var === 13) {
                            if (!slice_from("q")) {
                              return false;
                            }
                          } else {
                            if (among_var === 14) {
                              if (!slice_from("r")) {
                                return false;
                              }
                            } else {
                              if (among_var === 15) {
                                if (!slice_from("s")) {
                                  return false;
                                }
                              } else {
                                if (among_var === 16) {
                                  if (!slice_from("t")) {
                                    return false;
                                  }
                                } else {
                                  if (among_var === 17) {
                                    if (!slice_from("v")) {
                                      return false;
                                    }
                                  } else {
                                    if (among_var === 18) {
                                      if (!slice_from("w")) {
                                        return false;
                                      }
                                    } else {
                                      if (among_var === 19) {
                                        if (!slice_from("x")) {
                                          return false;
                                        }
                                      } else {
                                        if (!slice_from("z")) {
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
        }
      }
    }
  }
  return true;
}
function r_Step_1c() {
  let among_var, v_1, v_2, v_3, v_4;
  ket = cursor;
  among_var = find_among_b(a_8);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R1()) {
    return false;
  }
  if (!r_C()) {
    return false;
  }
  if (among_var === 1) {
    v_1 = (limit - cursor);
    lab0: {
      if (!eq_s_b("n")) {
        break lab0;
      }
      if (!r_R1()) {
        break lab0;
      }
      return false;
    }
    cursor = (limit - v_1);
    lab1: {
      v_2 = (limit - cursor);
      lab2: {
        if (!eq_s_b("in")) {
          break lab2;
        }
        if (cursor > limit_backward) {
          break lab2;
        }
        if (!slice_from("n")) {
          return false;
        }
        break lab1;
      }
      cursor = (limit - v_2);
      if (!slice_del()) {
        return false;
      }
    }
  } else {
    v_3 = (limit - cursor);
    lab3: {
      if (!eq_s_b("h")) {
        break lab3;
      }
      if (!r_R1()) {
        break lab3;
      }
      return false;
    }
    cursor = (limit - v_3);
    v_4 = (limit - cursor);
    lab4: {
      if (!eq_s_b("en")) {
        break lab4;
      }
      if (cursor > limit_backward) {
        break lab4;
      }
      return false;
    }
    cursor = (limit - v_4);
    if (!slice_del()) {
      return false;
    }
  }
  return true;
}
function r_Lose_prefix() {
  let among_var, c, v_1, v_2, v_3, v_4, v_5, v_6, v_8;
  bra = cursor;
  if (!eq_s("ge")) {
    return false;
  }
  ket = cursor;
  v_1 = cursor;
  c = (cursor + 3);
  if (c > limit) {
    return false;
  }
  cursor = c;
  cursor = v_1;
  v_2 = cursor;
  lab0: {
    while (true) {
      v_3 = cursor;
      lab1: {
        lab2: {
          v_4 = cursor;
          lab3: {
            if (!eq_s("ij")) {
              break lab3;
            }
            break lab2;
          }
          cursor = v_4;
          if (!in_grouping(g_v)) {
            break lab1;
          }
        }
        break lab0;
      }
      cursor = v_3;
      if (cursor >= limit) {
        return false;
      }
      cursor += 1;
    }
  }
  while (true) {
    v_5 = cursor;
    lab4: {
      lab5: {
        v_6 = cursor;
        lab6: {
          if (!eq_s("ij")) {
            break lab6;
          }
          break lab5;
        }
        cursor = v_6;
        if (!in_grouping(g_v)) {
          break lab4;
        }
      }
      continue;
    }
    cursor = v_5;
    break;
  }
  lab7: {
    if (cursor < limit) {
      break lab7;
    }
    return false;
  }
  cursor = v_2;
  among_var = find_among(a_9);
  if (among_var === 1) {
    return false;
  }
  B_GE_removed = true;
  if (!slice_del()) {
    return false;
  }
  v_8 = cursor;
  lab8: {
    bra = cursor;
    among_var = find_among(a_10);
    if (among_var === 0) {
      break lab8;
    }
    ket = cursor;
    if (among_var === 1) {
      if (!slice_from("e")) {
        return false;
      }
    } else {
      if (!slice_from("i")) {
        return false;
      }
    }
  }
  cursor = v_8;
  return true;
}
function r_Lose_infix() {
  let among_var, c, v_2, v_3, v_4, v_5, v_6, v_7, v_9;
  if (cursor >= limit) {
    return false;
  }
  cursor += 1;
  lab0: {
    while (true) {
      lab1: {
        bra = cursor;
        if (!eq_s("ge")) {
          break lab1;
        }
        ket = cursor;
        break lab0;
      }
      if (cursor >= limit) {
        return false;
      }
      cursor += 1;
    }
  }
  v_2 = cursor;
  c = (cursor + 3);
  if (c > limit) {
    return false;
  }
  cursor = c;
  cursor = v_2;
  v_3 = cursor;
  lab2: {
    while (true) {
      v_4 = cursor;
      lab3: {
        lab4: {
          v_5 = cursor;
          lab5: {
            if (!eq_s("ij")) {
              break lab5;
            }
            break lab4;
          }
          cursor = v_5;
          if (!in_grouping(g_v)) {
            break lab3;
          }
        }
        break lab2;
      }
      cursor = v_4;
      if (cursor >= limit) {
        return false;
      }
      cursor += 1;
    }
  }
  while (true) {
    v_6 = cursor;
    lab6: {
      lab7: {
        v_7 = cursor;
        lab8: {
          if (!eq_s("ij")) {
            break lab8;
          }
          break lab7;
        }
        cursor = v_7;
        if (!in_grouping(g_v)) {
          break lab6;
        }
      }
      continue;
    }
    cursor = v_6;
    break;
  }
  lab9: {
    if (cursor < limit) {
      break lab9;
    }
    return false;
  }
  cursor = v_3;
  B_GE_removed = true;
  if (!slice_del()) {
    return false;
  }
  v_9 = cursor;
  lab10: {
    bra = cursor;
    among_var = find_among(a_11);
    if (among_var === 0) {
      break lab10;
    }
    ket = cursor;
    if (among_var === 1) {
      if (!slice_from("e")) {
        return false;
      }
    } else {
      if (!slice_from("i")) {
        return false;
      }
    }
  }
  cursor = v_9;
  return true;
}
function r_measure() {
  let v_1, v_3, v_4, v_5, v_7, v_8, v_9;
  I_p1 = limit;
  I_p2 = limit;
  v_1 = cursor;
  lab0: {
    while (true) {
      lab1: {
        if (!out_grouping(g_v)) {
          break lab1;
        }
        continue;
      }
      break;
    }
    v_3 = 1;
    while (true) {
      v_4 = cursor;
      lab2: {
        lab3: {
          v_5 = cursor;
          lab4: {
            if (!eq_s("ij")) {
              break lab4;
            }
            break lab3;
          }
          cursor = v_5;
          if (!in_grouping(g_v)) {
            break lab2;
          }
        }
        v_3 -= 1;
        continue;
      }
      cursor = v_4;
      break;
    }
    if (v_3 > 0) {
      break lab0;
    }
    if (!out_grouping(g_v)) {
      break lab0;
    }
    I_p1 = cursor;
    while (true) {
      lab5: {
        if (!out_grouping(g_v)) {
          break lab5;
        }
        continue;
      }
      break;
    }
    v_7 = 1;
    while (true) {
      v_8 = cursor;
      lab6: {
        lab7: {
          v_9 = cursor;
          lab8: {
            if (!eq_s("ij")) {
              break lab8;
            }
            break lab7;
          }
          cursor = v_9;
          if (!in_grouping(g_v)) {
            break lab6;
          }
        }
        v_7 -= 1;
        continue;
      }
      cursor = v_8;
      break;
    }
    if (v_7 > 0) {
      break lab0;
    }
    if (!out_grouping(g_v)) {
      break lab0;
    }
    I_p2 = cursor;
  }
  cursor = v_1;
  return true;
}
function stem() {
  let v_1, v_10, v_11, v_12, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  B_stemmed = false;
  r_measure();
  limit_backward = cursor;
  cursor = limit;
  v_1 = (limit - cursor);
  lab0: {
    if (!r_Step_1()) {
      break lab0;
    }
    B_stemmed = true;
  }
  cursor = (limit - v_1);
  v_2 = (limit - cursor);
  lab1: {
    if (!r_Step_2()) {
      break lab1;
    }
    B_stemmed = true;
  }
  cursor = (limit - v_2);
  v_3 = (limit - cursor);
  lab2: {
    if (!r_Step_3()) {
      break lab2;
    }
    B_stemmed = true;
  }
  cursor = (limit - v_3);
  v_4 = (limit - cursor);
  lab3: {
    if (!r_Step_4()) {
      break lab3;
    }
    B_stemmed = true;
  }
  cursor = (limit - v_4);
  cursor = limit_backward;
  B_GE_removed = false;
  v_5 = cursor;
  lab4: {
    v_6 = cursor;
    if (!r_Lose_prefix()) {
      break lab4;
    }
    cursor = v_6;
    r_measure();
  }
  cursor = v_5;
  limit_backward = cursor;
  cursor = limit;
  v_7 = (limit - cursor);
  lab5: {
    if (!(B_GE_removed)) {
      break lab5;
    }
    B_stemmed = true;
    if (!r_Step_1c()) {
      break lab5;
    }
  }
  cursor = (limit - v_7);
  cursor = limit_backward;
  B_GE_removed = false;
  v_8 = cursor;
  lab6: {
    v_9 = cursor;
    if (!r_Lose_infix()) {
      break lab6;
    }
    cursor = v_9;
    r_measure();
  }
  cursor = v_8;
  limit_backward = cursor;
  cursor = limit;
  v_10 = (limit - cursor);
  lab7: {
    if (!(B_GE_removed)) {
      break lab7;
    }
    B_stemmed = true;
    if (!r_Step_1c()) {
      break lab7;
    }
  }
  cursor = (limit - v_10);
  cursor = limit_backward;
  limit_backward = cursor;
  cursor = limit;
  v_11 = (limit - cursor);
  lab8: {
    if (!r_Step_7()) {
      break lab8;
    }
    B_stemmed = true;
  }
  cursor = (limit - v_11);
  v_12 = (limit - cursor);
  lab9: {
    if (!(B_stemmed)) {
      break lab9;
    }
    if (!r_Step_6()) {
      break lab9;
    }
  }
  cursor = (limit - v_12);
  cursor = limit_backward;
  return true;
}
export const dutch = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
