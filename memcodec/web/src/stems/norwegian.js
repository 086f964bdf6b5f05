// Snowball's norwegian: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeêioòóôuyæåø";
const g_s_ending = "bcdfghjlmnoptvyz";
let I_x = 0;
let I_p1 = 0;
const a_0 = among(",1,ind,-1,kk,-1,nk,-1,amm,-1,omm,-1,kap,-1,skap,1,pp,-1,lt,-1,ast,-1,øst,-1,v,-1,hav,1,giv,1");
const a_1 = among("a,1,e,1,ede,1,ande,1,ende,1,ane,1,ene,1,hetene,1,erte,4,en,1,heten,1,ar,1,er,1,heter,1,s,3,as,1,es,1,edes,1,endes,1,enes,1,hetenes,1,ens,1,hetens,1,ers,2,ets,1,et,1,het,1,ert,4,ast,1");
const a_2 = among("dt,-1,vt,-1");
const a_3 = among("leg,1,eleg,1,ig,1,eig,1,lig,1,elig,1,els,1,lov,1,elov,1,slov,1,hetslov,1");
function r_mark_regions() {
  let c, v_1;
  I_p1 = limit;
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
  return true;
}
function r_main_suffix() {
  let among_var, v_2, v_3, v_4;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  among_var = find_among_b(a_1);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      among_var = find_among_b(a_0);
      if (among_var === 1) {
        if (!slice_del()) {
          return false;
        }
      }
    } else {
      if (among_var === 3) {
        lab0: {
          v_3 = (limit - cursor);
          lab1: {
            if (!in_grouping_b(g_s_ending)) {
              break lab1;
            }
            break lab0;
          }
          cursor = (limit - v_3);
          lab2: {
            if (!eq_s_b("r")) {
              break lab2;
            }
            v_4 = (limit - cursor);
            lab3: {
              if (!eq_s_b("e")) {
                break lab3;
              }
              break lab2;
            }
            cursor = (limit - v_4);
            break lab0;
          }
          cursor = (limit - v_3);
          if (!eq_s_b("k")) {
            return false;
          }
          if (!out_grouping_b(g_v)) {
            return false;
          }
        }
        if (!slice_del()) {
          return false;
        }
      } else {
        if (!slice_from("er")) {
          return false;
        }
      }
    }
  }
  return true;
}
function r_consonant_pair() {
  let v_1, v_3;
  v_1 = (limit - cursor);
  if (cursor < I_p1) {
    return false;
  }
  v_3 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  if (find_among_b(a_2) === 0) {
    limit_backward = v_3;
    return false;
  }
  bra = cursor;
  limit_backward = v_3;
  cursor = (limit - v_1);
  if (cursor <= limit_backward) {
    return false;
  }
  cursor -= 1;
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_other_suffix() {
  let v_2;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  if (find_among_b(a_3) === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (!slice_del()) {
    return false;
  }
  return true;
}
function stem() {
  let v_1, v_2, v_3, v_4;
  v_1 = cursor;
  r_mark_regions();
  cursor = v_1;
  limit_backward = cursor;
  cursor = limit;
  v_2 = (limit - cursor);
  r_main_suffix();
  cursor = (limit - v_2);
  v_3 = (limit - cursor);
  r_consonant_pair();
  cursor = (limit - v_3);
  v_4 = (limit - cursor);
  r_other_suffix();
  cursor = (limit - v_4);
  cursor = limit_backward;
  return true;
}
export const norwegian = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
