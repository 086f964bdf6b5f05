// Snowball's irish: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiouáéíóú";
let I_p2 = 0;
let I_p1 = 0;
let I_pV = 0;
const a_0 = among("b',1,bh,4,bhf,2,bp,8,ch,5,d',1,d'fh,2,dh,6,dt,9,fh,2,gc,5,gh,7,h-,1,m',1,mb,4,mh,10,n-,1,nd,6,ng,7,ph,8,sh,3,t-,1,th,9,ts,3");
const a_1 = among("íochta,1,aíochta,1,ire,2,aire,2,abh,1,eabh,1,ibh,1,aibh,1,amh,1,eamh,1,imh,1,aimh,1,íocht,1,aíocht,1,irí,2,airí,2");
const a_2 = among("óideacha,6,patacha,5,achta,1,arcachta,2,eachta,1,grafaíochta,4,paite,5,ach,1,each,1,óideach,6,gineach,3,patach,5,grafaíoch,4,pataigh,5,óidigh,6,achtúil,1,eachtúil,1,gineas,3,ginis,3,acht,1,arcacht,2,eacht,1,grafaíocht,4,arcachtaí,2,grafaíochtaí,4");
const a_3 = among("imid,1,aimid,1,ímid,1,aímid,1,adh,2,eadh,2,faidh,1,fidh,1,áil,2,ain,2,tear,2,tar,2");
function r_mark_regions() {
  let v_1;
  I_pV = limit;
  I_p1 = limit;
  I_p2 = limit;
  v_1 = cursor;
  lab0: {
    if (!go_out_grouping(g_v)) {
      break lab0;
    }
    cursor += 1;
    I_pV = cursor;
    if (!go_in_grouping(g_v)) {
      break lab0;
    }
    cursor += 1;
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
function r_initial_morph() {
  let among_var;
  bra = cursor;
  among_var = find_among(a_0);
  if (among_var === 0) {
    return false;
  }
  ket = cursor;
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("f")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("s")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!slice_from("b")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!slice_from("c")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!slice_from("d")) {
                return false;
              }
            } else {
              if (among_var === 7) {
                if (!slice_from("g")) {
                  return false;
                }
              } else {
                if (among_var === 8) {
                  if (!slice_from("p")) {
                    return false;
                  }
                } else {
                  if (among_var === 9) {
                    if (!slice_from("t")) {
                      return false;
                    }
                  } else {
                    if (!slice_from("m")) {
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
function r_RV() {
  return I_pV <= cursor;
}
function r_R1() {
  return I_p1 <= cursor;
}
function r_R2() {
  return I_p2 <= cursor;
}
function r_noun_sfx() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_1);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!r_R1()) {
      return false;
    }
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
  return true;
}
function r_deriv() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_2);
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
      if (!slice_from("arc")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("gin")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!slice_from("graf")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!slice_from("paite")) {
              return false;
            }
          } else {
            if (!slice_from("óid")) {
              return false;
            }
          }
        }
      }
    }
  }
  return true;
}
function r_verb_sfx() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_3);
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
    if (!r_R1()) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  }
  return true;
}
function stem() {
  let v_1, v_3, v_4, v_5;
  v_1 = cursor;
  r_initial_morph();
  cursor = v_1;
  r_mark_regions();
  limit_backward = cursor;
  cursor = limit;
  v_3 = (limit - cursor);
  r_noun_sfx();
  cursor = (limit - v_3);
  v_4 = (limit - cursor);
  r_deriv();
  cursor = (limit - v_4);
  v_5 = (limit - cursor);
  r_verb_sfx();
  cursor = (limit - v_5);
  cursor = limit_backward;
  return true;
}
export const irish = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
