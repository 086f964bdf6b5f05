// Snowball's spanish: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiouáéíóúü";
let I_p2 = 0;
let I_p1 = 0;
let I_pV = 0;
const a_0 = among(",6,á,1,é,2,í,3,ó,4,ú,5");
const a_1 = among("la,-1,sela,-1,le,-1,me,-1,se,-1,lo,-1,selo,-1,las,-1,selas,-1,les,-1,los,-1,selos,-1,nos,-1");
const a_2 = among("ando,6,iendo,6,yendo,7,ándo,2,iéndo,1,ar,6,er,6,ir,6,ár,3,ér,4,ír,5");
const a_3 = among("ic,-1,ad,-1,os,-1,iv,1");
const a_4 = among("able,1,ible,1,ante,1");
const a_5 = among("ic,1,abil,1,iv,1");
const a_6 = among("ica,1,ancia,2,encia,5,adora,2,osa,1,ista,1,iva,9,anza,1,logía,3,idad,8,able,1,ible,1,ante,2,mente,7,amente,6,acion,2,ucion,4,ación,2,ución,4,ico,1,ismo,1,oso,1,amiento,1,imiento,1,ivo,9,ador,2,icas,1,ancias,2,encias,5,adoras,2,osas,1,istas,1,ivas,9,anzas,1,logías,3,idades,8,ables,1,ibles,1,aciones,2,uciones,4,adores,2,antes,2,icos,1,ismos,1,osos,1,amientos,1,imientos,1,ivos,9");
const a_7 = among("ya,1,ye,1,yan,1,yen,1,yeron,1,yendo,1,yo,1,yas,1,yes,1,yais,1,yamos,1,yó,1");
const a_8 = among("aba,2,ada,2,ida,2,ara,2,iera,2,ía,2,aría,2,ería,2,iría,2,ad,2,ed,2,id,2,ase,2,iese,2,aste,2,iste,2,an,2,aban,2,aran,2,ieran,2,ían,2,arían,2,erían,2,irían,2,en,1,asen,2,iesen,2,aron,2,ieron,2,arán,2,erán,2,irán,2,ado,2,ido,2,ando,2,iendo,2,ar,2,er,2,ir,2,as,2,abas,2,adas,2,idas,2,aras,2,ieras,2,ías,2,arías,2,erías,2,irías,2,es,1,ases,2,ieses,2,abais,2,arais,2,ierais,2,íais,2,aríais,2,eríais,2,iríais,2,aseis,2,ieseis,2,asteis,2,isteis,2,áis,2,éis,1,aréis,2,eréis,2,iréis,2,ados,2,idos,2,amos,2,ábamos,2,áramos,2,iéramos,2,íamos,2,aríamos,2,eríamos,2,iríamos,2,emos,1,aremos,2,eremos,2,iremos,2,ásemos,2,iésemos,2,imos,2,arás,2,erás,2,irás,2,ís,2,ará,2,erá,2,irá,2,aré,2,eré,2,iré,2,ió,2");
const a_9 = among("a,1,e,2,o,1,os,1,á,1,é,2,í,1,ó,1");
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
      if (!out_grouping(g_v)) {
        break lab0;
      }
      lab5: {
        v_4 = cursor;
        lab6: {
          if (!out_grouping(g_v)) {
            break lab6;
          }
          if (!go_out_grouping(g_v)) {
            break lab6;
          }
          cursor += 1;
          break lab5;
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
  lab7: {
    if (!go_out_grouping(g_v)) {
      break lab7;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab7;
    }
    cursor += 1;
    I_p1 = cursor;
    if (!go_out_grouping(g_v)) {
      break lab7;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab7;
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
  if (find_among_b(a_1) === 0) {
    return false;
  }
  bra = cursor;
  among_var = find_among_b(a_2);
  if (among_var === 0) {
    return false;
  }
  if (!r_RV()) {
    return false;
  }
  if (among_var === 1) {
    bra = cursor;
    if (!slice_from("iendo")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      bra = cursor;
      if (!slice_from("ando")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        bra = cursor;
        if (!slice_from("ar")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          bra = cursor;
          if (!slice_from("er")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            bra = cursor;
            if (!slice_from("ir")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!slice_del()) {
                return false;
              }
            } else {
              if (!eq_s_b("u")) {
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
  return true;
}
function r_standard_suffix() {
  let among_var, v_1, v_2, v_3, v_4, v_5;
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
              if (!r_R1()) {
                return false;
              }
              if (!slice_del()) {
                return false;
              }
              v_2 = (limit - cursor);
              lab1: {
                ket = cursor;
                among_var = find_among_b(a_3);
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
              if (among_var === 7) {
                if (!r_R2()) {
                  return false;
                }
                if (!slice_del()) {
                  return false;
                }
                v_3 = (limit - cursor);
                lab2: {
                  ket = cursor;
                  if (find_among_b(a_4) === 0) {
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
                if (among_var === 8) {
                  if (!r_R2()) {
                    return false;
                  }
                  if (!slice_del()) {
                    return false;
                  }
                  v_4 = (limit - cursor);
                  lab3: {
                    ket = cursor;
                    if (find_among_b(a_5) === 0) {
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
                } else {
                  if (!r_R2()) {
                    return false;
                  }
                  if (!slice_del()) {
                    return false;
                  }
                  v_5 = (limit - cursor);
                  lab4: {
                    ket = cursor;
                    if (!eq_s_b("at")) {
                      cursor = (limit - v_5);
                      break lab4;
                    }
                    bra = cursor;
                    if (!r_R2()) {
                      cursor = (limit - v_5);
                      break lab4;
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
function r_y_verb_suffix() {
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
  limit_backward = v_2;
  if (!eq_s_b("u")) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_verb_suffix() {
  let among_var, v_2, v_3, v_4;
  if (cursor < I_pV) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_pV;
  ket = cursor;
  among_var = find_among_b(a_8);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (among_var === 1) {
    v_3 = (limit - cursor);
    lab0: {
      if (!eq_s_b("u")) {
        cursor = (limit - v_3);
        break lab0;
      }
      v_4 = (limit - cursor);
      if (!eq_s_b("g")) {
        cursor = (limit - v_3);
        break lab0;
      }
      cursor = (limit - v_4);
    }
    bra = cursor;
    if (!slice_del()) {
      return false;
    }
  } else {
    if (!slice_del()) {
      return false;
    }
  }
  return true;
}
function r_residual_suffix() {
  let among_var, v_1, v_2;
  ket = cursor;
  among_var = find_among_b(a_9);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!r_RV()) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (!r_RV()) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
    v_1 = (limit - cursor);
    lab0: {
      ket = cursor;
      if (!eq_s_b("u")) {
        cursor = (limit - v_1);
        break lab0;
      }
      bra = cursor;
      v_2 = (limit - cursor);
      if (!eq_s_b("g")) {
        cursor = (limit - v_1);
        break lab0;
      }
      cursor = (limit - v_2);
      if (!r_RV()) {
        cursor = (limit - v_1);
        break lab0;
      }
      if (!slice_del()) {
        return false;
      }
    }
  }
  return true;
}
function stem() {
  let v_2, v_3, v_4, v_5, v_6;
  r_mark_regions();
  limit_backward = cursor;
  cursor = limit;
  v_2 = (limit - cursor);
  r_attached_pronoun();
  cursor = (limit - v_2);
  v_3 = (limit - cursor);
  lab0: {
    lab1: {
      v_4 = (limit - cursor);
      lab2: {
        if (!r_standard_suffix()) {
          break lab2;
        }
        break lab1;
      }
      cursor = (limit - v_4);
      lab3: {
        if (!r_y_verb_suffix()) {
          break lab3;
        }
        break lab1;
      }
      cursor = (limit - v_4);
      if (!r_verb_suffix()) {
        break lab0;
      }
    }
  }
  cursor = (limit - v_3);
  v_5 = (limit - cursor);
  r_residual_suffix();
  cursor = (limit - v_5);
  cursor = limit_backward;
  v_6 = cursor;
  r_postlude();
  cursor = v_6;
  return true;
}
export const spanish = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
