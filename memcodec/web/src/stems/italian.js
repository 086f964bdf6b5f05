// Snowball's italian: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiouàèìòù";
const g_AEIO = "aeioàèìò";
const g_CG = "cg";
let I_p2 = 0;
let I_p1 = 0;
let I_pV = 0;
const a_0 = among(",7,qu,6,á,1,é,2,í,3,ó,4,ú,5");
const a_1 = among(",3,I,1,U,2");
const a_2 = among("la,-1,cela,-1,gliela,-1,mela,-1,tela,-1,vela,-1,le,-1,cele,-1,gliele,-1,mele,-1,tele,-1,vele,-1,ne,-1,cene,-1,gliene,-1,mene,-1,sene,-1,tene,-1,vene,-1,ci,-1,li,-1,celi,-1,glieli,-1,meli,-1,teli,-1,veli,-1,gli,-1,mi,-1,si,-1,ti,-1,vi,-1,lo,-1,celo,-1,glielo,-1,melo,-1,telo,-1,velo,-1");
const a_3 = among("ando,1,endo,1,ar,2,er,2,ir,2");
const a_4 = among("ic,-1,abil,-1,os,-1,iv,1");
const a_5 = among("ic,1,abil,1,iv,1");
const a_6 = among("ica,1,logia,3,osa,1,ista,1,iva,9,anza,1,enza,5,ice,1,atrice,1,iche,1,logie,3,abile,1,ibile,1,usione,4,azione,2,uzione,4,atore,2,ose,1,ante,1,mente,1,amente,7,iste,1,ive,9,anze,1,enze,5,ici,1,atrici,1,ichi,1,abili,1,ibili,1,ismi,1,usioni,4,azioni,2,uzioni,4,atori,2,osi,1,anti,1,amenti,6,imenti,6,isti,1,ivi,9,ico,1,ismo,1,oso,1,amento,6,imento,6,ivo,9,ità,8,istà,1,istè,1,istì,1");
const a_7 = among("isca,1,enda,1,ata,1,ita,1,uta,1,ava,1,eva,1,iva,1,erebbe,1,irebbe,1,isce,1,ende,1,are,1,ere,1,ire,1,asse,1,ate,1,avate,1,evate,1,ivate,1,ete,1,erete,1,irete,1,ite,1,ereste,1,ireste,1,ute,1,erai,1,irai,1,isci,1,endi,1,erei,1,irei,1,assi,1,ati,1,iti,1,eresti,1,iresti,1,uti,1,avi,1,evi,1,ivi,1,isco,1,ando,1,endo,1,Yamo,1,iamo,1,avamo,1,evamo,1,ivamo,1,eremo,1,iremo,1,assimo,1,ammo,1,emmo,1,eremmo,1,iremmo,1,immo,1,ano,1,iscano,1,avano,1,evano,1,ivano,1,eranno,1,iranno,1,ono,1,iscono,1,arono,1,erono,1,irono,1,erebbero,1,irebbero,1,assero,1,essero,1,issero,1,ato,1,ito,1,uto,1,avo,1,evo,1,ivo,1,ar,1,ir,1,erà,1,irà,1,erò,1,irò,1");
function r_prelude() {
  let among_var, v_1, v_2, v_3, v_4, v_5;
  v_1 = cursor;
  while (true) {
    v_2 = cursor;
    lab0: {
      bra = cursor;
      among_var = find_among(a_0);
      ket = cursor;
      if (among_var === 1) {
        if (!slice_from("à")) {
          return false;
        }
      } else {
        if (among_var === 2) {
          if (!slice_from("è")) {
            return false;
          }
        } else {
          if (among_var === 3) {
            if (!slice_from("ì")) {
              return false;
            }
          } else {
            if (among_var === 4) {
              if (!slice_from("ò")) {
                return false;
              }
            } else {
              if (among_var === 5) {
                if (!slice_from("ù")) {
                  return false;
                }
              } else {
                if (among_var === 6) {
                  if (!slice_from("qU")) {
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
      }
      continue;
    }
    cursor = v_2;
    break;
  }
  cursor = v_1;
  while (true) {
    v_3 = cursor;
    lab1: {
      lab2: {
        while (true) {
          v_4 = cursor;
          lab3: {
            if (!in_grouping(g_v)) {
              break lab3;
            }
            bra = cursor;
            lab4: {
              v_5 = cursor;
              lab5: {
                if (!eq_s("u")) {
                  break lab5;
                }
                ket = cursor;
                if (!in_grouping(g_v)) {
                  break lab5;
                }
                if (!slice_from("U")) {
                  return false;
                }
                break lab4;
              }
              cursor = v_5;
              if (!eq_s("i")) {
                break lab3;
              }
              ket = cursor;
              if (!in_grouping(g_v)) {
                break lab3;
              }
              if (!slice_from("I")) {
                return false;
              }
            }
            cursor = v_4;
            break lab2;
          }
          cursor = v_4;
          if (cursor >= limit) {
            break lab1;
          }
          cursor += 1;
        }
      }
      continue;
    }
    cursor = v_3;
    break;
  }
  return true;
}
function r_mark_regions() {
  let v_1, v_2, v_3, v_4, v_5;
  I_pV = limit;
  I_p1 = limit;
  I_p2 = limit;
  v_1 = cursor;
  lab0: {
    lab1: {
      v_2 = cursor;
      lab2: {
        if (!in_grouping(g_v)) {
          break lab2;
        }
        lab3: {
          v_3 = cursor;
          lab4: {
            if (!out_grouping(g_v)) {
              break lab4;
            }
            if (!go_out_grouping(g_v)) {
              break lab4;
            }
            cursor += 1;
            break lab3;
          }
          cursor = v_3;
          if (!in_grouping(g_v)) {
            break lab2;
          }
          if (!go_in_grouping(g_v)) {
            break lab2;
          }
          cursor += 1;
        }
        break lab1;
      }
      cursor = v_2;
      lab5: {
        if (!eq_s("divan")) {
          break lab5;
        }
        break lab1;
      }
      cursor = v_2;
      if (!out_grouping(g_v)) {
        break lab0;
      }
      lab6: {
        v_4 = cursor;
        lab7: {
          if (!out_grouping(g_v)) {
            break lab7;
          }
          if (!go_out_grouping(g_v)) {
            break lab7;
          }
          cursor += 1;
          break lab6;
        }
        cursor = v_4;
        if (!in_grouping(g_v)) {
          break lab0;
        }
        if (cursor >= limit) {
          break lab0;
        }
        cursor += 1;
      }
    }
    I_pV = cursor;
  }
  cursor = v_1;
  v_5 = cursor;
  lab8: {
    if (!go_out_grouping(g_v)) {
      break lab8;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab8;
    }
    cursor += 1;
    I_p1 = cursor;
    if (!go_out_grouping(g_v)) {
      break lab8;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab8;
    }
    cursor += 1;
    I_p2 = cursor;
  }
  cursor = v_5;
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
        if (!slice_from("i")) {
          return false;
        }
      } else {
        if (among_var === 2) {
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
      continue;
    }
    cursor = v_1;
    break;
  }
  return true;
}
function r_RV() {
  return I_pV <= cursor;
}
function r_R1() {
  return I_p1 <= cursor;
}
function r_R2() {
  return I_p2 <= cursor;
}
function r_attached_pronoun() {
  let among_var;
  ket = cursor;
  if (find_among_b(a_2) === 0) {
    return false;
  }
  bra = cursor;
  among_var = find_among_b(a_3);
  if (among_var === 0) {
    return false;
  }
  if (!r_RV()) {
    return false;
  }
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
  } else {
    if (!slice_from("e")) {
      return false;
    }
  }
  return true;
}
function r_standard_suffix() {
  let among_var, v_1, v_2, v_3, v_4;
  ket = cursor;
  among_var = find_among_b(a_6);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!r_R2()) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!r_R2()) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
      v_1 = (limit - cursor);
      lab0: {
        ket = cursor;
        if (!eq_s_b("ic")) {
          cursor = (limit - v_1);
          break lab0;
        }
        bra = cursor;
        if (!r_R2()) {
          cursor = (limit - v_1);
          break lab0;
        }
        if (!slice_del()) {
          return false;
        }
      }
    } else {
      if (among_var === 3) {
        if (!r_R2()) {
          return false;
        }
        if (!slice_from("log")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!r_R2()) {
            return false;
          }
          if (!slice_from("u")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!r_R2()) {
              return false;
            }
            if (!slice_from("ente")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!r_RV()) {
                return false;
              }
              if (!slice_del()) {
                return false;
              }
            } else {
              if (among_var === 7) {
                if (!r_R1()) {
                  return false;
                }
                if (!slice_del()) {
                  return false;
                }
                v_2 = (limit - cursor);
                lab1: {
                  ket = cursor;
                  among_var = find_among_b(a_4);
                  if (among_var === 0) {
                    cursor = (limit - v_2);
                    break lab1;
                  }
                  bra = cursor;
                  if (!r_R2()) {
                    cursor = (limit - v_2);
                    break lab1;
                  }
                  if (!slice_del()) {
                    return false;
                  }
                  if (among_var === 1) {
                    ket = cursor;
                    if (!eq_s_b("at")) {
                      cursor = (limit - v_2);
                      break lab1;
                    }
                    bra = cursor;
                    if (!r_R2()) {
                      cursor = (limit - v_2);
                      break lab1;
                    }
                    if (!slice_del()) {
                      return false;
                    }
                  }
                }
              } else {
                if (among_var === 8) {
                  if (!r_R2()) {
                    return false;
                  }
                  if (!slice_del()) {
                    return false;
                  }
                  v_3 = (limit - cursor);
                  lab2: {
                    ket = cursor;
                    if (find_among_b(a_5) === 0) {
                      cursor = (limit - v_3);
                      break lab2;
                    }
                    bra = cursor;
                    if (!r_R2()) {
                      cursor = (limit - v_3);
                      break lab2;
                    }
                    if (!slice_del()) {
                      return false;
                    }
                  }
                } else {
                  if (!r_R2()) {
                    return false;
                  }
                  if (!slice_del()) {
                    return false;
                  }
                  v_4 = (limit - cursor);
                  lab3: {
                    ket = cursor;
                    if (!eq_s_b("at")) {
                      cursor = (limit - v_4);
                      break lab3;
                    }
                    bra = cursor;
                    if (!r_R2()) {
                      cursor = (limit - v_4);
                      break lab3;
                    }
                    if (!slice_del()) {
                      return false;
                    }
                    ket = cursor;
                    if (!eq_s_b("ic")) {
                      cursor = (limit - v_4);
                      break lab3;
                    }
                    bra = cursor;
                    if (!r_R2()) {
                      cursor = (limit - v_4);
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
        }
      }
    }
  }
  return true;
}
function r_verb_suffix() {
  let v_2;
  if (cursor < I_pV) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_pV;
  ket = cursor;
  if (find_among_b(a_7) === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  limit_backward = v_2;
  return true;
}
function r_vowel_suffix() {
  let v_1, v_2;
  v_1 = (limit - cursor);
  lab0: {
    ket = cursor;
    if (!in_grouping_b(g_AEIO)) {
      cursor = (limit - v_1);
      break lab0;
    }
    bra = cursor;
    if (!r_RV()) {
      cursor = (limit - v_1);
      break lab0;
    }
    if (!slice_del()) {
      return false;
    }
    ket = cursor;
    if (!eq_s_b("i")) {
      cursor = (limit - v_1);
      break lab0;
    }
    bra = cursor;
    if (!r_RV()) {
      cursor = (limit - v_1);
      break lab0;
    }
    if (!slice_del()) {
      return false;
    }
  }
  v_2 = (limit - cursor);
  lab1: {
    ket = cursor;
    if (!eq_s_b("h")) {
      cursor = (limit - v_2);
      break lab1;
    }
    bra = cursor;
    if (!in_grouping_b(g_CG)) {
      cursor = (limit - v_2);
      break lab1;
    }
    if (!r_RV()) {
      cursor = (limit - v_2);
      break lab1;
    }
    if (!slice_del()) {
      return false;
    }
  }
  return true;
}
function stem() {
  let v_1, v_3, v_4, v_5, v_6, v_7;
  v_1 = cursor;
  r_prelude();
  cursor = v_1;
  r_mark_regions();
  limit_backward = cursor;
  cursor = limit;
  v_3 = (limit - cursor);
  r_attached_pronoun();
  cursor = (limit - v_3);
  v_4 = (limit - cursor);
  lab0: {
    lab1: {
      v_5 = (limit - cursor);
      lab2: {
        if (!r_standard_suffix()) {
          break lab2;
        }
        break lab1;
      }
      cursor = (limit - v_5);
      if (!r_verb_suffix()) {
        break lab0;
      }
    }
  }
  cursor = (limit - v_4);
  v_6 = (limit - cursor);
  r_vowel_suffix();
  cursor = (limit - v_6);
  cursor = limit_backward;
  v_7 = cursor;
  r_postlude();
  cursor = v_7;
  return true;
}
export const italian = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
