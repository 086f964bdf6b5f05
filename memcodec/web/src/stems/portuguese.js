// Snowball's portuguese: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiouáéíóúâêô";
let I_p2 = 0;
let I_p1 = 0;
let I_pV = 0;
const a_0 = among(",3,ã,1,õ,2");
const a_1 = among(",3,a~,1,o~,2");
const a_2 = among("ic,-1,ad,-1,os,-1,iv,1");
const a_3 = among("ante,1,avel,1,ível,1");
const a_4 = among("ic,1,abil,1,iv,1");
const a_5 = among("ica,1,ância,1,ência,4,logia,2,ira,9,adora,1,osa,1,ista,1,iva,8,eza,1,idade,7,ante,1,mente,6,amente,5,ável,1,ível,1,ico,1,ismo,1,oso,1,amento,1,imento,1,ivo,8,aça~o,1,uça~o,3,ador,1,icas,1,ências,4,logias,2,iras,9,adoras,1,osas,1,istas,1,ivas,8,ezas,1,idades,7,adores,1,antes,1,aço~es,1,uço~es,3,icos,1,ismos,1,osos,1,amentos,1,imentos,1,ivos,8");
const a_6 = among("ada,1,ida,1,ia,1,aria,1,eria,1,iria,1,ara,1,era,1,ira,1,ava,1,asse,1,esse,1,isse,1,aste,1,este,1,iste,1,ei,1,arei,1,erei,1,irei,1,am,1,iam,1,ariam,1,eriam,1,iriam,1,aram,1,eram,1,iram,1,avam,1,em,1,arem,1,erem,1,irem,1,assem,1,essem,1,issem,1,ado,1,ido,1,ando,1,endo,1,indo,1,ara~o,1,era~o,1,ira~o,1,ar,1,er,1,ir,1,as,1,adas,1,idas,1,ias,1,arias,1,erias,1,irias,1,aras,1,eras,1,iras,1,avas,1,es,1,ardes,1,erdes,1,irdes,1,ares,1,eres,1,ires,1,asses,1,esses,1,isses,1,astes,1,estes,1,istes,1,is,1,ais,1,eis,1,areis,1,ereis,1,ireis,1,áreis,1,éreis,1,íreis,1,ásseis,1,ésseis,1,ísseis,1,áveis,1,íeis,1,aríeis,1,eríeis,1,iríeis,1,ados,1,idos,1,amos,1,áramos,1,éramos,1,íramos,1,ávamos,1,íamos,1,aríamos,1,eríamos,1,iríamos,1,emos,1,aremos,1,eremos,1,iremos,1,ássemos,1,êssemos,1,íssemos,1,imos,1,armos,1,ermos,1,irmos,1,ámos,1,arás,1,erás,1,irás,1,eu,1,iu,1,ou,1,ará,1,erá,1,irá,1");
const a_7 = among("a,1,i,1,o,1,os,1,á,1,í,1,ó,1");
const a_8 = among("e,1,ç,2,é,1,ê,1");
function r_prelude() {
  let among_var, v_1;
  while (true) {
    v_1 = cursor;
    lab0: {
      bra = cursor;
      among_var = find_among(a_0);
      ket = cursor;
      if (among_var === 1) {
        if (!slice_from("a~")) {
          return false;
        }
      } else {
        if (among_var === 2) {
          if (!slice_from("o~")) {
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
      among_var = find_among(a_1);
      ket = cursor;
      if (among_var === 1) {
        if (!slice_from("ã")) {
          return false;
        }
      } else {
        if (among_var === 2) {
          if (!slice_from("õ")) {
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
function r_standard_suffix() {
  let among_var, v_1, v_2, v_3, v_4;
  ket = cursor;
  among_var = find_among_b(a_5);
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
      if (!slice_from("log")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!r_R2()) {
          return false;
        }
        if (!slice_from("u")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!r_R2()) {
            return false;
          }
          if (!slice_from("ente")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!r_R1()) {
              return false;
            }
            if (!slice_del()) {
              return false;
            }
            v_1 = (limit - cursor);
            lab0: {
              ket = cursor;
              among_var = find_among_b(a_2);
              if (among_var === 0) {
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
              if (among_var === 1) {
                ket = cursor;
                if (!eq_s_b("at")) {
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
            }
          } else {
            if (among_var === 6) {
              if (!r_R2()) {
                return false;
              }
              if (!slice_del()) {
                return false;
              }
              v_2 = (limit - cursor);
              lab1: {
                ket = cursor;
                if (find_among_b(a_3) === 0) {
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
                  }
                } else {
                  if (!r_RV()) {
                    return false;
                  }
                  if (!eq_s_b("e")) {
                    return false;
                  }
                  if (!slice_from("ir")) {
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
  if (find_among_b(a_6) === 0) {
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
function r_residual_suffix() {
  ket = cursor;
  if (find_among_b(a_7) === 0) {
    return false;
  }
  bra = cursor;
  if (!r_RV()) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_residual_form() {
  let among_var, v_1, v_2, v_3;
  ket = cursor;
  among_var = find_among_b(a_8);
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
    ket = cursor;
    lab0: {
      v_1 = (limit - cursor);
      lab1: {
        if (!eq_s_b("u")) {
          break lab1;
        }
        bra = cursor;
        v_2 = (limit - cursor);
        if (!eq_s_b("g")) {
          break lab1;
        }
        cursor = (limit - v_2);
        break lab0;
      }
      cursor = (limit - v_1);
      if (!eq_s_b("i")) {
        return false;
      }
      bra = cursor;
      v_3 = (limit - cursor);
      if (!eq_s_b("c")) {
        return false;
      }
      cursor = (limit - v_3);
    }
    if (!r_RV()) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (!slice_from("c")) {
      return false;
    }
  }
  return true;
}
function stem() {
  let v_1, v_10, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  v_1 = cursor;
  r_prelude();
  cursor = v_1;
  r_mark_regions();
  limit_backward = cursor;
  cursor = limit;
  v_3 = (limit - cursor);
  lab0: {
    lab1: {
      v_4 = (limit - cursor);
      lab2: {
        v_5 = (limit - cursor);
        lab3: {
          v_6 = (limit - cursor);
          lab4: {
            if (!r_standard_suffix()) {
              break lab4;
            }
            break lab3;
          }
          cursor = (limit - v_6);
          if (!r_verb_suffix()) {
            break lab2;
          }
        }
        cursor = (limit - v_5);
        v_7 = (limit - cursor);
        lab5: {
          ket = cursor;
          if (!eq_s_b("i")) {
            break lab5;
          }
          bra = cursor;
          v_8 = (limit - cursor);
          if (!eq_s_b("c")) {
            break lab5;
          }
          cursor = (limit - v_8);
          if (!r_RV()) {
            break lab5;
          }
          if (!slice_del()) {
            return false;
          }
        }
        cursor = (limit - v_7);
        break lab1;
      }
      cursor = (limit - v_4);
      if (!r_residual_suffix()) {
        break lab0;
      }
    }
  }
  cursor = (limit - v_3);
  v_9 = (limit - cursor);
  r_residual_form();
  cursor = (limit - v_9);
  cursor = limit_backward;
  v_10 = cursor;
  r_postlude();
  cursor = v_10;
  return true;
}
export const portuguese = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
