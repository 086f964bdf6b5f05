// Snowball's nepali: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const a_0 = among("लाइ,1,लाई,1,सँग,1,संग,1,मार्फत,1,रत,1,का,2,मा,1,द्वारा,1,कि,2,पछि,1,की,2,ले,1,कै,2,सँगै,1,मै,1,को,2");
const a_1 = among("ँ,1,ं,1,ै,2");
const a_2 = among("थिए,1,छ,1,इछ,1,एछ,1,िछ,1,ेछ,1,नेछ,1,हुनेछ,1,इन्छ,1,िन्छ,1,हुन्छ,1,एका,1,इएका,1,िएका,1,ेका,1,नेका,1,दा,1,इदा,1,िदा,1,देखि,1,माथि,1,एकी,1,इएकी,1,िएकी,1,ेकी,1,देखी,1,थी,1,दी,1,छु,1,एछु,1,ेछु,1,नेछु,1,नु,1,हरु,1,हरू,1,छे,1,थे,1,ने,1,एकै,1,ेकै,1,नेकै,1,दै,1,इदै,1,िदै,1,एको,1,इएको,1,िएको,1,ेको,1,नेको,1,दो,1,इदो,1,िदो,1,यो,1,इयो,1,भयो,1,ियो,1,थियो,1,दियो,1,थ्यो,1,छौ,1,इछौ,1,एछौ,1,िछौ,1,ेछौ,1,नेछौ,1,यौ,1,थियौ,1,छ्यौ,1,थ्यौ,1,छन्,1,इछन्,1,एछन्,1,िछन्,1,ेछन्,1,नेछन्,1,लान्,1,छिन्,1,थिन्,1,पर्,1,इस्,1,थिइस्,1,छस्,1,इछस्,1,एछस्,1,िछस्,1,ेछस्,1,नेछस्,1,िस्,1,थिस्,1,छेस्,1,होस्,1");
function r_remove_category_1() {
  let among_var, v_1;
  ket = cursor;
  among_var = find_among_b(a_0);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!slice_del()) {
      return false;
    }
  } else {
    lab0: {
      v_1 = (limit - cursor);
      lab1: {
        if (!eq_s_b("ए")) {
          break lab1;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      lab2: {
        if (!eq_s_b("े")) {
          break lab2;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      if (!slice_del()) {
        return false;
      }
    }
  }
  return true;
}
function r_remove_category_2() {
  let among_var, v_1;
  ket = cursor;
  among_var = find_among_b(a_1);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    lab0: {
      v_1 = (limit - cursor);
      lab1: {
        if (!eq_s_b("यौ")) {
          break lab1;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      lab2: {
        if (!eq_s_b("छौ")) {
          break lab2;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      lab3: {
        if (!eq_s_b("नौ")) {
          break lab3;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      if (!eq_s_b("थे")) {
        return false;
      }
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (!eq_s_b("त्र")) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  }
  return true;
}
function r_remove_category_3() {
  ket = cursor;
  if (find_among_b(a_2) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  return true;
}
function stem() {
  let v_1, v_2, v_3;
  limit_backward = cursor;
  cursor = limit;
  v_1 = (limit - cursor);
  r_remove_category_1();
  cursor = (limit - v_1);
  while (true) {
    v_2 = (limit - cursor);
    lab0: {
      v_3 = (limit - cursor);
      r_remove_category_2();
      cursor = (limit - v_3);
      if (!r_remove_category_3()) {
        break lab0;
      }
      continue;
    }
    cursor = (limit - v_2);
    break;
  }
  cursor = limit_backward;
  return true;
}
export const nepali = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
