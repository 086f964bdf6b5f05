// Snowball's finnish: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_AEI = "aäei";
const g_C = "bcdfghjklmnpqrstvwxz";
const g_V1 = "aeiouyäö";
const g_V2 = "aeiouäö";
const g_particle_end = "aeiouyäönt";
let B_ending_removed = false;
let S_x = "";
let I_p2 = 0;
let I_p1 = 0;
const a_0 = among("pa,1,sti,2,kaan,1,han,1,kin,1,hän,1,kään,1,ko,1,pä,1,kö,1");
const a_1 = among("lla,-1,na,-1,ssa,-1,ta,-1,lta,-1,sta,-1");
const a_2 = among("llä,-1,nä,-1,ssä,-1,tä,-1,ltä,-1,stä,-1");
const a_3 = among("lle,-1,ine,-1");
const a_4 = among("nsa,3,mme,3,nne,3,ni,2,si,1,an,4,en,6,än,5,nsä,3");
const a_5 = among("aa,-1,ee,-1,ii,-1,oo,-1,uu,-1,ää,-1,öö,-1");
const a_6 = among("a,8,lla,-1,na,-1,ssa,-1,ta,-1,lta,-1,sta,-1,tta,2,lle,-1,ine,-1,ksi,-1,n,7,han,1,den,-1,seen,-1,hen,2,tten,-1,hin,3,siin,-1,hon,4,hän,5,hön,6,ä,8,llä,-1,nä,-1,ssä,-1,tä,-1,ltä,-1,stä,-1,ttä,2", {13: () => r_VI(), 14: () => r_LONG(), 16: () => r_VI(), 18: () => r_VI()});
const a_7 = among("eja,-1,mma,1,imma,-1,mpa,1,impa,-1,mmi,1,immi,-1,mpi,1,impi,-1,ejä,-1,mmä,1,immä,-1,mpä,1,impä,-1");
const a_8 = among("i,-1,j,-1");
const a_9 = among("mma,1,imma,-1");
function r_mark_regions() {
  I_p1 = limit;
  I_p2 = limit;
  if (!go_out_grouping(g_V1)) {
    return false;
  }
  cursor += 1;
  if (!go_in_grouping(g_V1)) {
    return false;
  }
  cursor += 1;
  I_p1 = cursor;
  if (!go_out_grouping(g_V1)) {
    return false;
  }
  cursor += 1;
  if (!go_in_grouping(g_V1)) {
    return false;
  }
  cursor += 1;
  I_p2 = cursor;
  return true;
}
function r_R2() {
  return I_p2 <= cursor;
}
function r_particle_etc() {
  let among_var, v_2;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  among_var = find_among_b(a_0);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (among_var === 1) {
    if (!in_grouping_b(g_particle_end)) {
      return false;
    }
  } else {
    if (!r_R2()) {
      return false;
    }
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_possessive() {
  let among_var, v_2, v_3;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  among_var = find_among_b(a_4);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (among_var === 1) {
    v_3 = (limit - cursor);
    lab0: {
      if (!eq_s_b("k")) {
        break lab0;
      }
      return false;
    }
    cursor = (limit - v_3);
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_del()) {
        return false;
      }
      ket = cursor;
      if (!eq_s_b("kse")) {
        return false;
      }
      bra = cursor;
      if (!slice_from("ksi")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_del()) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (find_among_b(a_1) === 0) {
            return false;
          }
          if (!slice_del()) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (find_among_b(a_2) === 0) {
              return false;
            }
            if (!slice_del()) {
              return false;
            }
          } else {
            if (find_among_b(a_3) === 0) {
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
function r_LONG() {
  if (find_among_b(a_5) === 0) {
    return false;
  }
  return true;
}
function r_VI() {
  if (!eq_s_b("i")) {
    return false;
  }
  if (!in_grouping_b(g_V2)) {
    return false;
  }
  return true;
}
function r_case_ending() {
  let among_var, v_2, v_3, v_4, v_5;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  among_var = find_among_b(a_6);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (among_var === 1) {
    if (!eq_s_b("a")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!eq_s_b("e")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!eq_s_b("i")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!eq_s_b("o")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!eq_s_b("ä")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!eq_s_b("ö")) {
                return false;
              }
            } else {
              if (among_var === 7) {
                v_3 = (limit - cursor);
                lab0: {
                  v_4 = (limit - cursor);
                  lab1: {
                    v_5 = (limit - cursor);
                    lab2: {
                      if (!r_LONG()) {
                        break lab2;
                      }
                      break lab1;
                    }
                    cursor = (limit - v_5);
                    if (!eq_s_b("ie")) {
                      cursor = (limit - v_3);
                      break lab0;
                    }
                  }
                  cursor = (limit - v_4);
                  if (cursor <= limit_backward) {
                    cursor = (limit - v_3);
                    break lab0;
                  }
                  cursor -= 1;
                  bra = cursor;
                }
              } else {
                if (among_var === 8) {
                  if (!in_grouping_b(g_V1)) {
                    return false;
                  }
                  if (!in_grouping_b(g_C)) {
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
  if (!slice_del()) {
    return false;
  }
  B_ending_removed = true;
  return true;
}
function r_other_endings() {
  let among_var, v_2, v_3;
  if (cursor < I_p2) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p2;
  ket = cursor;
  among_var = find_among_b(a_7);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (among_var === 1) {
    v_3 = (limit - cursor);
    lab0: {
      if (!eq_s_b("po")) {
        break lab0;
      }
      return false;
    }
    cursor = (limit - v_3);
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_i_plural() {
  let v_2;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  if (find_among_b(a_8) === 0) {
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
function r_t_plural() {
  let among_var, v_2, v_3, v_5, v_6;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  if (!eq_s_b("t")) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  v_3 = (limit - cursor);
  if (!in_grouping_b(g_V1)) {
    limit_backward = v_2;
    return false;
  }
  cursor = (limit - v_3);
  if (!slice_del()) {
    return false;
  }
  limit_backward = v_2;
  if (cursor < I_p2) {
    return false;
  }
  v_5 = limit_backward;
  limit_backward = I_p2;
  ket = cursor;
  among_var = find_among_b(a_9);
  if (among_var === 0) {
    limit_backward = v_5;
    return false;
  }
  bra = cursor;
  limit_backward = v_5;
  if (among_var === 1) {
    v_6 = (limit - cursor);
    lab0: {
      if (!eq_s_b("po")) {
        break lab0;
      }
      return false;
    }
    cursor = (limit - v_6);
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_tidy() {
  let v_2, v_3, v_4, v_5, v_6, v_7, v_8;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  v_3 = (limit - cursor);
  lab0: {
    v_4 = (limit - cursor);
    if (!r_LONG()) {
      break lab0;
    }
    cursor = (limit - v_4);
    ket = cursor;
    if (cursor <= limit_backward) {
      break lab0;
    }
    cursor -= 1;
    bra = cursor;
    if (!slice_del()) {
      return false;
    }
  }
  cursor = (limit - v_3);
  v_5 = (limit - cursor);
  lab1: {
    ket = cursor;
    if (!in_grouping_b(g_AEI)) {
      break lab1;
    }
    bra = cursor;
    if (!in_grouping_b(g_C)) {
      break lab1;
    }
    if (!slice_del()) {
      return false;
    }
  }
  cursor = (limit - v_5);
  v_6 = (limit - cursor);
  lab2: {
    ket = cursor;
    if (!eq_s_b("j")) {
      break lab2;
    }
    bra = cursor;
    lab3: {
      v_7 = (limit - cursor);
      lab4: {
        if (!eq_s_b("o")) {
          break lab4;
        }
        break lab3;
      }
      cursor = (limit - v_7);
      if (!eq_s_b("u")) {
        break lab2;
      }
    }
    if (!slice_del()) {
      return false;
    }
  }
  cursor = (limit - v_6);
  v_8 = (limit - cursor);
  lab5: {
    ket = cursor;
    if (!eq_s_b("o")) {
      break lab5;
    }
    bra = cursor;
    if (!eq_s_b("j")) {
      break lab5;
    }
    if (!slice_del()) {
      return false;
    }
  }
  cursor = (limit - v_8);
  limit_backward = v_2;
  if (!go_in_grouping_b(g_V1)) {
    return false;
  }
  ket = cursor;
  if (!in_grouping_b(g_C)) {
    return false;
  }
  bra = cursor;
  S_x = slice_to();
  if (S_x === "") {
    return false;
  }
  if (!eq_s_b(S_x)) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function stem() {
  let v_1, v_2, v_3, v_4, v_5, v_7, v_8, v_9;
  v_1 = cursor;
  r_mark_regions();
  cursor = v_1;
  B_ending_removed = false;
  limit_backward = cursor;
  cursor = limit;
  v_2 = (limit - cursor);
  r_particle_etc();
  cursor = (limit - v_2);
  v_3 = (limit - cursor);
  r_possessive();
  cursor = (limit - v_3);
  v_4 = (limit - cursor);
  r_case_ending();
  cursor = (limit - v_4);
  v_5 = (limit - cursor);
  r_other_endings();
  cursor = (limit - v_5);
  lab0: {
    lab1: {
      if (!(B_ending_removed)) {
        break lab1;
      }
      v_7 = (limit - cursor);
      r_i_plural();
      cursor = (limit - v_7);
      break lab0;
    }
    v_8 = (limit - cursor);
    r_t_plural();
    cursor = (limit - v_8);
  }
  v_9 = (limit - cursor);
  r_tidy();
  cursor = (limit - v_9);
  cursor = limit_backward;
  return true;
}
export const finnish = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
