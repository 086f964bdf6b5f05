// Snowball's russian: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "аеиоуыэюя";
let I_p2 = 0;
let I_pV = 0;
const a_0 = among("в,1,ив,2,ыв,2,вши,1,ивши,2,ывши,2,вшись,1,ившись,2,ывшись,2");
const a_1 = among("ее,1,ие,1,ое,1,ые,1,ими,1,ыми,1,ей,1,ий,1,ой,1,ый,1,ем,1,им,1,ом,1,ым,1,его,1,ого,1,ему,1,ому,1,их,1,ых,1,ею,1,ою,1,ую,1,юю,1,ая,1,яя,1");
const a_2 = among("ем,1,нн,1,вш,1,ивш,2,ывш,2,щ,1,ющ,1,ующ,2");
const a_3 = among("сь,1,ся,1");
const a_4 = among("ла,1,ила,2,ыла,2,на,1,ена,2,ете,1,ите,2,йте,1,ейте,2,уйте,2,ли,1,или,2,ыли,2,й,1,ей,2,уй,2,л,1,ил,2,ыл,2,ем,1,им,2,ым,2,н,1,ен,2,ло,1,ило,2,ыло,2,но,1,ено,2,нно,1,ет,1,ует,2,ит,2,ыт,2,ют,1,уют,2,ят,2,ны,1,ены,2,ть,1,ить,2,ыть,2,ешь,1,ишь,2,ю,2,ую,2");
const a_5 = among("а,1,ев,1,ов,1,е,1,ие,1,ье,1,и,1,еи,1,ии,1,ами,1,ями,1,иями,1,й,1,ей,1,ией,1,ий,1,ой,1,ам,1,ем,1,ием,1,ом,1,ям,1,иям,1,о,1,у,1,ах,1,ях,1,иях,1,ы,1,ь,1,ю,1,ию,1,ью,1,я,1,ия,1,ья,1");
const a_6 = among("ост,1,ость,1");
const a_7 = among("ейше,1,н,2,ейш,1,ь,3");
function r_mark_regions() {
  let v_1;
  I_pV = limit;
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
function r_R2() {
  return I_p2 <= cursor;
}
function r_perfective_gerund() {
  let among_var, v_1;
  ket = cursor;
  among_var = find_among_b(a_0);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    lab0: {
      v_1 = (limit - cursor);
      lab1: {
        if (!eq_s_b("а")) {
          break lab1;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      if (!eq_s_b("я")) {
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
  return true;
}
function r_adjective() {
  ket = cursor;
  if (find_among_b(a_1) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_adjectival() {
  let among_var, v_1, v_2;
  if (!r_adjective()) {
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
    if (among_var === 1) {
      lab1: {
        v_2 = (limit - cursor);
        lab2: {
          if (!eq_s_b("а")) {
            break lab2;
          }
          break lab1;
        }
        cursor = (limit - v_2);
        if (!eq_s_b("я")) {
          cursor = (limit - v_1);
          break lab0;
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
  }
  return true;
}
function r_reflexive() {
  ket = cursor;
  if (find_among_b(a_3) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_verb() {
  let among_var, v_1;
  ket = cursor;
  among_var = find_among_b(a_4);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    lab0: {
      v_1 = (limit - cursor);
      lab1: {
        if (!eq_s_b("а")) {
          break lab1;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      if (!eq_s_b("я")) {
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
  return true;
}
function r_noun() {
  ket = cursor;
  if (find_among_b(a_5) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_derivational() {
  ket = cursor;
  if (find_among_b(a_6) === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R2()) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_tidy_up() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_7);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
    ket = cursor;
    if (!eq_s_b("н")) {
      return false;
    }
    bra = cursor;
    if (!eq_s_b("н")) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!eq_s_b("н")) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
    } else {
      if (!slice_del()) {
        return false;
      }
    }
  }
  return true;
}
function stem() {
  let v_1, v_10, v_11, v_12, v_13, v_2, v_3, v_6, v_7, v_8, v_9;
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
              if (!eq_s("ё")) {
                break lab3;
              }
              ket = cursor;
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
        if (!slice_from("е")) {
          return false;
        }
        continue;
      }
      cursor = v_2;
      break;
    }
  }
  cursor = v_1;
  r_mark_regions();
  limit_backward = cursor;
  cursor = limit;
  if (cursor < I_pV) {
    return false;
  }
  v_6 = limit_backward;
  limit_backward = I_pV;
  v_7 = (limit - cursor);
  lab4: {
    lab5: {
      v_8 = (limit - cursor);
      lab6: {
        if (!r_perfective_gerund()) {
          break lab6;
        }
        break lab5;
      }
      cursor = (limit - v_8);
      v_9 = (limit - cursor);
      lab7: {
        if (!r_reflexive()) {
          cursor = (limit - v_9);
          break lab7;
        }
      }
      lab8: {
        v_10 = (limit - cursor);
        lab9: {
          if (!r_adjectival()) {
            break lab9;
          }
          break lab8;
        }
        cursor = (limit - v_10);
        lab10: {
          if (!r_verb()) {
            break lab10;
          }
          break lab8;
        }
        cursor = (limit - v_10);
        if (!r_noun()) {
          break lab4;
        }
      }
    }
  }
  cursor = (limit - v_7);
  v_11 = (limit - cursor);
  lab11: {
    ket = cursor;
    if (!eq_s_b("и")) {
      cursor = (limit - v_11);
      break lab11;
    }
    bra = cursor;
    if (!slice_del()) {
      return false;
    }
  }
  v_12 = (limit - cursor);
  r_derivational();
  cursor = (limit - v_12);
  v_13 = (limit - cursor);
  r_tidy_up();
  cursor = (limit - v_13);
  limit_backward = v_6;
  cursor = limit_backward;
  return true;
}
export const russian = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
