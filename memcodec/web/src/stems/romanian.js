// Snowball's romanian: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiouâîă";
let B_standard_suffix_removed = false;
let I_p2 = 0;
let I_p1 = 0;
let I_pV = 0;
const a_0 = among("ş,1,ţ,2");
const a_1 = among(",3,I,1,U,2");
const a_2 = among("ea,3,ația,7,aua,2,iua,4,ație,7,ele,3,ile,5,iile,4,iei,4,atei,6,ii,4,ului,1,ul,1,elor,3,ilor,4,iilor,4");
const a_3 = among("icala,4,iciva,4,ativa,5,itiva,6,icale,4,ațiune,5,ițiune,6,atoare,5,itoare,6,ătoare,5,icitate,4,abilitate,1,ibilitate,2,ivitate,3,icive,4,ative,5,itive,6,icali,4,atori,5,icatori,4,itori,6,ători,5,icitati,4,abilitati,1,ivitati,3,icivi,4,ativi,5,itivi,6,icităi,4,abilităi,1,ivităi,3,icități,4,abilități,1,ivități,3,ical,4,ator,5,icator,4,itor,6,ător,5,iciv,4,ativ,5,itiv,6,icală,4,icivă,4,ativă,5,itivă,6");
const a_4 = among("ica,1,abila,1,ibila,1,oasa,1,ata,1,ita,1,anta,1,ista,3,uta,1,iva,1,ic,1,ice,1,abile,1,ibile,1,isme,3,iune,2,oase,1,ate,1,itate,1,ite,1,ante,1,iste,3,ute,1,ive,1,ici,1,abili,1,ibili,1,iuni,2,atori,1,osi,1,ati,1,itati,1,iti,1,anti,1,isti,3,uti,1,iști,3,ivi,1,ităi,1,oși,1,ități,1,abil,1,ibil,1,ism,3,ator,1,os,1,at,1,it,1,ant,1,ist,3,ut,1,iv,1,ică,1,abilă,1,ibilă,1,oasă,1,ată,1,ită,1,antă,1,istă,3,ută,1,ivă,1");
const a_5 = among("ea,1,ia,1,esc,1,ăsc,1,ind,1,ând,1,are,1,ere,1,ire,1,âre,1,se,2,ase,1,sese,2,ise,1,use,1,âse,1,ește,1,ăște,1,eze,1,ai,1,eai,1,iai,1,sei,2,ești,1,ăști,1,ui,1,ezi,1,âi,1,ași,1,seși,2,aseși,1,seseși,2,iseși,1,useși,1,âseși,1,iși,1,uși,1,âși,1,ați,2,eați,1,iați,1,eți,2,iți,2,âți,2,arăți,1,serăți,2,aserăți,1,seserăți,2,iserăți,1,userăți,1,âserăți,1,irăți,1,urăți,1,ârăți,1,am,1,eam,1,iam,1,em,2,asem,1,sesem,2,isem,1,usem,1,âsem,1,im,2,âm,2,ăm,2,arăm,1,serăm,2,aserăm,1,seserăm,2,iserăm,1,userăm,1,âserăm,1,irăm,1,urăm,1,ârăm,1,au,1,eau,1,iau,1,indu,1,ându,1,ez,1,ească,1,ară,1,seră,2,aseră,1,seseră,2,iseră,1,useră,1,âseră,1,iră,1,ură,1,âră,1,ează,1");
const a_6 = among("a,1,e,1,ie,1,i,1,ă,1");
function r_norm() {
  let among_var, v_1, v_2, v_3;
  v_1 = cursor;
  lab0: {
    while (true) {
      v_2 = cursor;
      lab1: {
        lab2: {
          while (true) {
            v_3 = cursor;
            lab3: {
              bra = cursor;
              among_var = find_among(a_0);
              if (among_var === 0) {
                break lab3;
              }
              ket = cursor;
              if (among_var === 1) {
                if (!slice_from("ș")) {
                  return false;
                }
              } else {
                if (!slice_from("ț")) {
                  return false;
                }
              }
              cursor = v_3;
              break lab2;
            }
            cursor = v_3;
            if (cursor >= limit) {
              break lab1;
            }
            cursor += 1;
          }
        }
        continue;
      }
      cursor = v_2;
      break;
    }
  }
  cursor = v_1;
  return true;
}
function r_prelude() {
  let v_1, v_2, v_3;
  while (true) {
    v_1 = cursor;
    lab0: {
      lab1: {
        while (true) {
          v_2 = cursor;
          lab2: {
            if (!in_grouping(g_v)) {
              break lab2;
            }
            bra = cursor;
            lab3: {
              v_3 = cursor;
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
              cursor = v_3;
              if (!eq_s("i")) {
                break lab2;
              }
              ket = cursor;
              if (!in_grouping(g_v)) {
                break lab2;
              }
              if (!slice_from("I")) {
                return false;
              }
            }
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
function r_step_0() {
  let among_var, v_1;
  ket = cursor;
  among_var = find_among_b(a_2);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R1()) {
    return false;
  }
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("a")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("e")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!slice_from("i")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            v_1 = (limit - cursor);
            lab0: {
              if (!eq_s_b("ab")) {
                break lab0;
              }
              return false;
            }
            cursor = (limit - v_1);
            if (!slice_from("i")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!slice_from("at")) {
                return false;
              }
            } else {
              if (!slice_from("ați")) {
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
function r_combo_suffix() {
  let among_var, v_1;
  v_1 = (limit - cursor);
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
    if (!slice_from("abil")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("ibil")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("iv")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!slice_from("ic")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!slice_from("at")) {
              return false;
            }
          } else {
            if (!slice_from("it")) {
              return false;
            }
          }
        }
      }
    }
  }
  B_standard_suffix_removed = true;
  cursor = (limit - v_1);
  return true;
}
function r_standard_suffix() {
  let among_var, v_1;
  B_standard_suffix_removed = false;
  while (true) {
    v_1 = (limit - cursor);
    lab0: {
      if (!r_combo_suffix()) {
        break lab0;
      }
      continue;
    }
    cursor = (limit - v_1);
    break;
  }
  ket = cursor;
  among_var = find_among_b(a_4);
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
    if (among_var === 2) {
      if (!eq_s_b("ț")) {
        return false;
      }
      bra = cursor;
      if (!slice_from("t")) {
        return false;
      }
    } else {
      if (!slice_from("ist")) {
        return false;
      }
    }
  }
  B_standard_suffix_removed = true;
  return true;
}
function r_verb_suffix() {
  let among_var, v_2, v_3;
  if (cursor < I_pV) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_pV;
  ket = cursor;
  among_var = find_among_b(a_5);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    lab0: {
      v_3 = (limit - cursor);
      lab1: {
        if (!out_grouping_b(g_v)) {
          break lab1;
        }
        break lab0;
      }
      cursor = (limit - v_3);
      if (!eq_s_b("u")) {
        limit_backward = v_2;
        return false;
      }
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (!slice_del()) {
      return false;
    }
  }
  limit_backward = v_2;
  return true;
}
function r_vowel_suffix() {
  ket = cursor;
  if (find_among_b(a_6) === 0) {
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
function stem() {
  let v_2, v_4, v_5, v_6, v_7, v_8, v_9;
  r_norm();
  v_2 = cursor;
  r_prelude();
  cursor = v_2;
  r_mark_regions();
  limit_backward = cursor;
  cursor = limit;
  v_4 = (limit - cursor);
  r_step_0();
  cursor = (limit - v_4);
  v_5 = (limit - cursor);
  r_standard_suffix();
  cursor = (limit - v_5);
  v_6 = (limit - cursor);
  lab0: {
    lab1: {
      v_7 = (limit - cursor);
      lab2: {
        if (!(B_standard_suffix_removed)) {
          break lab2;
        }
        break lab1;
      }
      cursor = (limit - v_7);
      if (!r_verb_suffix()) {
        break lab0;
      }
    }
  }
  cursor = (limit - v_6);
  v_8 = (limit - cursor);
  r_vowel_suffix();
  cursor = (limit - v_8);
  cursor = limit_backward;
  v_9 = cursor;
  r_postlude();
  cursor = v_9;
  return true;
}
export const romanian = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
