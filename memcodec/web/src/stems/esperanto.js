// Snowball's esperanto: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_aou = "aou";
const g_digit = "0123456789";
let B_foreign = false;
const a_0 = among(",14,-,13,cx,1,gx,2,hx,3,jx,4,q,12,sx,5,ux,6,w,12,x,12,y,12,á,7,é,8,í,9,ó,10,ú,11");
const a_1 = among("as,-1,i,-1,is,-1,os,-1,u,-1,us,-1");
const a_2 = among("ci,-1,gi,-1,hi,-1,li,-1,ili,-1,ŝli,-1,mi,-1,ni,-1,oni,-1,ri,-1,si,-1,vi,-1,ivi,-1,ĝi,-1,ŝi,-1,iŝi,-1,malŝi,-1");
const a_3 = among("amb,-1,bald,-1,malbald,-1,morg,-1,postmorg,-1,adi,-1,hodi,-1,ank,-1,ĉirk,-1,tutĉirk,-1,presk,-1,almen,-1,apen,-1,hier,-1,antaŭhier,-1,malgr,-1,ankor,-1,kontr,-1,anstat,-1,kvaz,-1");
const a_4 = among("aliu,-1,unu,-1");
const a_5 = among("aha,-1,haha,-1,haleluja,-1,hola,-1,hosana,-1,maltra,-1,hura,-1,ĥaĥa,-1,ekde,-1,elde,-1,disde,-1,ehe,-1,maltre,-1,dirlididi,-1,malpli,-1,malĉi,-1,malkaj,-1,amen,-1,tamen,-1,oho,-1,maltro,-1,minus,-1,uhu,-1,muu,-1");
const a_6 = among("tri,-1,du,-1,unu,-1");
const a_7 = among("dek,-1,cent,-1");
const a_8 = among("k,-1,kelk,-1,nen,-1,t,-1,mult,-1,samt,-1,ĉ,-1");
const a_9 = among("a,-1,e,-1,i,-1,j,-1,aj,-1,oj,-1,n,-1,an,-1,en,-1,jn,-1,ajn,-1,ojn,-1,on,-1,o,-1,as,-1,is,-1,os,-1,us,-1,u,-1", {3: () => r_not_after_letter(), 6: () => r_not_after_letter(), 9: () => r_not_after_letter()});
function r_canonical_form() {
  let among_var, v_1;
  B_foreign = false;
  while (true) {
    v_1 = cursor;
    lab0: {
      bra = cursor;
      among_var = find_among(a_0);
      ket = cursor;
      if (among_var === 1) {
        if (!slice_from("ĉ")) {
          return false;
        }
      } else {
        if (among_var === 2) {
          if (!slice_from("ĝ")) {
            return false;
          }
        } else {
          if (among_var === 3) {
            if (!slice_from("ĥ")) {
              return false;
            }
          } else {
            if (among_var === 4) {
              if (!slice_from("ĵ")) {
                return false;
              }
            } else {
              if (among_var === 5) {
                if (!slice_from("ŝ")) {
                  return false;
                }
              } else {
                if (among_var === 6) {
                  if (!slice_from("ŭ")) {
                    return false;
                  }
                } else {
                  if (among_var === 7) {
                    if (!slice_from("a")) {
                      return false;
                    }
                    B_foreign = true;
                  } else {
                    if (among_var === 8) {
                      if (!slice_from("e")) {
                        return false;
                      }
                      B_foreign = true;
                    } else {
                      if (among_var === 9) {
                        if (!slice_from("i")) {
                          return false;
                        }
                        B_foreign = true;
                      } else {
                        if (among_var === 10) {
                          if (!slice_from("o")) {
                            return false;
                          }
                          B_foreign = true;
                        } else {
                          if (among_var === 11) {
                            if (!slice_from("u")) {
                              return false;
                            }
                            B_foreign = true;
                          } else {
                            if (among_var === 12) {
                              B_foreign = true;
                            } else {
                              if (among_var === 13) {
                                B_foreign = false;
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
                    }
                  }
                }
              }
            }
          }
        }
      }
      continue;
    }
    cursor = v_1;
    break;
  }
  lab1: {
    if (!(B_foreign)) {
      break lab1;
    }
    return false;
  }
  return true;
}
function r_initial_apostrophe() {
  bra = cursor;
  if (!eq_s("'")) {
    return false;
  }
  ket = cursor;
  if (!eq_s("st")) {
    return false;
  }
  if (find_among(a_1) === 0) {
    return false;
  }
  if (cursor < limit) {
    return false;
  }
  if (!slice_from("e")) {
    return false;
  }
  return true;
}
function r_pronoun() {
  let v_1, v_2;
  ket = cursor;
  v_1 = (limit - cursor);
  lab0: {
    if (!eq_s_b("n")) {
      cursor = (limit - v_1);
      break lab0;
    }
  }
  bra = cursor;
  if (find_among_b(a_2) === 0) {
    return false;
  }
  lab1: {
    v_2 = (limit - cursor);
    lab2: {
      if (cursor > limit_backward) {
        break lab2;
      }
      break lab1;
    }
    cursor = (limit - v_2);
    if (!eq_s_b("-")) {
      return false;
    }
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_final_apostrophe() {
  let v_1, v_2;
  ket = cursor;
  if (!eq_s_b("'")) {
    return false;
  }
  bra = cursor;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (!eq_s_b("l")) {
        break lab1;
      }
      if (cursor > limit_backward) {
        break lab1;
      }
      if (!slice_from("a")) {
        return false;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab2: {
      if (!eq_s_b("un")) {
        break lab2;
      }
      if (cursor > limit_backward) {
        break lab2;
      }
      if (!slice_from("u")) {
        return false;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab3: {
      if (find_among_b(a_3) === 0) {
        break lab3;
      }
      lab4: {
        v_2 = (limit - cursor);
        lab5: {
          if (cursor > limit_backward) {
            break lab5;
          }
          break lab4;
        }
        cursor = (limit - v_2);
        if (!eq_s_b("-")) {
          break lab3;
        }
      }
      if (!slice_from("aŭ")) {
        return false;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    if (!slice_from("o")) {
      return false;
    }
  }
  return true;
}
function r_ujn_suffix() {
  let v_1, v_2, v_3;
  ket = cursor;
  v_1 = (limit - cursor);
  lab0: {
    if (!eq_s_b("n")) {
      cursor = (limit - v_1);
      break lab0;
    }
  }
  v_2 = (limit - cursor);
  lab1: {
    if (!eq_s_b("j")) {
      cursor = (limit - v_2);
      break lab1;
    }
  }
  bra = cursor;
  if (find_among_b(a_4) === 0) {
    return false;
  }
  lab2: {
    v_3 = (limit - cursor);
    lab3: {
      if (cursor > limit_backward) {
        break lab3;
      }
      break lab2;
    }
    cursor = (limit - v_3);
    if (!eq_s_b("-")) {
      return false;
    }
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_uninflected() {
  let v_1;
  if (find_among_b(a_5) === 0) {
    return false;
  }
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (cursor > limit_backward) {
        break lab1;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    if (!eq_s_b("-")) {
      return false;
    }
  }
  return true;
}
function r_merged_numeral() {
  if (find_among_b(a_6) === 0) {
    return false;
  }
  if (find_among_b(a_7) === 0) {
    return false;
  }
  return true;
}
function r_correlative() {
  let v_1, v_2, v_3, v_4, v_5, v_6, v_7;
  ket = cursor;
  bra = cursor;
  v_1 = (limit - cursor);
  lab0: {
    v_2 = (limit - cursor);
    lab1: {
      v_3 = (limit - cursor);
      lab2: {
        if (!eq_s_b("n")) {
          cursor = (limit - v_3);
          break lab2;
        }
      }
      bra = cursor;
      if (!eq_s_b("e")) {
        break lab1;
      }
      break lab0;
    }
    cursor = (limit - v_2);
    v_4 = (limit - cursor);
    lab3: {
      if (!eq_s_b("n")) {
        cursor = (limit - v_4);
        break lab3;
      }
    }
    v_5 = (limit - cursor);
    lab4: {
      if (!eq_s_b("j")) {
        cursor = (limit - v_5);
        break lab4;
      }
    }
    bra = cursor;
    if (!in_grouping_b(g_aou)) {
      return false;
    }
  }
  if (!eq_s_b("i")) {
    return false;
  }
  v_6 = (limit - cursor);
  lab5: {
    if (find_among_b(a_8) === 0) {
      cursor = (limit - v_6);
      break lab5;
    }
  }
  lab6: {
    v_7 = (limit - cursor);
    lab7: {
      if (cursor > limit_backward) {
        break lab7;
      }
      break lab6;
    }
    cursor = (limit - v_7);
    if (!eq_s_b("-")) {
      return false;
    }
  }
  cursor = (limit - v_1);
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_long_word() {
  let v_1;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      for (let v_2 = 2; v_2--; ) {
        if (!go_out_grouping_b(g_vowel)) {
          break lab1;
        }
        cursor -= 1;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab2: {
      lab3: {
        while (true) {
          lab4: {
            if (!eq_s_b("-")) {
              break lab4;
            }
            break lab3;
          }
          if (cursor <= limit_backward) {
            break lab2;
          }
          cursor -= 1;
        }
      }
      if (cursor <= limit_backward) {
        break lab2;
      }
      cursor -= 1;
      break lab0;
    }
    cursor = (limit - v_1);
    if (!go_out_grouping_b(g_digit)) {
      return false;
    }
    cursor -= 1;
  }
  return true;
}
function r_not_after_letter() {
  let v_1;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (!eq_s_b("-")) {
        break lab1;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    if (!in_grouping_b(g_digit)) {
      return false;
    }
  }
  return true;
}
function r_standard_suffix() {
  let v_1;
  ket = cursor;
  if (find_among_b(a_9) === 0) {
    return false;
  }
  v_1 = (limit - cursor);
  lab0: {
    if (!eq_s_b("-")) {
      cursor = (limit - v_1);
      break lab0;
    }
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  return true;
}
function stem() {
  let v_1, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  v_1 = cursor;
  if (!r_canonical_form()) {
    return false;
  }
  cursor = v_1;
  v_2 = cursor;
  r_initial_apostrophe();
  cursor = v_2;
  limit_backward = cursor;
  cursor = limit;
  v_3 = (limit - cursor);
  lab0: {
    if (!r_pronoun()) {
      break lab0;
    }
    return false;
  }
  cursor = (limit - v_3);
  v_4 = (limit - cursor);
  r_final_apostrophe();
  cursor = (limit - v_4);
  v_5 = (limit - cursor);
  lab1: {
    if (!r_correlative()) {
      break lab1;
    }
    return false;
  }
  cursor = (limit - v_5);
  v_6 = (limit - cursor);
  lab2: {
    if (!r_uninflected()) {
      break lab2;
    }
    return false;
  }
  cursor = (limit - v_6);
  v_7 = (limit - cursor);
  lab3: {
    if (!r_merged_numeral()) {
      break lab3;
    }
    return false;
  }
  cursor = (limit - v_7);
  v_8 = (limit - cursor);
  lab4: {
    if (!r_ujn_suffix()) {
      break lab4;
    }
    return false;
  }
  cursor = (limit - v_8);
  v_9 = (limit - cursor);
  if (!r_long_word()) {
    return false;
  }
  cursor = (limit - v_9);
  if (!r_standard_suffix()) {
    return false;
  }
  cursor = limit_backward;
  return true;
}
export const esperanto = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
