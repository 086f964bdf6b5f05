// Snowball's armenian: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "աէիօւեոը";
let I_p2 = 0;
let I_pV = 0;
const a_0 = among("րորդ,1,երորդ,1,ալի,1,ակի,1,որակ,1,եղ,1,ական,1,արան,1,են,1,եկեն,1,երեն,1,որէն,1,ին,1,գին,1,ովին,1,լայն,1,վուն,1,պես,1,իվ,1,ատ,1,ավետ,1,կոտ,1,բար,1");
const a_1 = among("ա,1,ացա,1,եցա,1,վե,1,ացրի,1,ացի,1,եցի,1,վեցի,1,ալ,1,ըալ,1,անալ,1,ենալ,1,ացնալ,1,ել,1,ըել,1,նել,1,ցնել,1,եցնել,1,չել,1,վել,1,ացվել,1,եցվել,1,տել,1,ատել,1,ոտել,1,կոտել,1,ված,1,ում,1,վում,1,ան,1,ցան,1,ացան,1,ացրին,1,ացին,1,եցին,1,վեցին,1,ալիս,1,ելիս,1,ավ,1,ացավ,1,եցավ,1,ալով,1,ելով,1,ար,1,ացար,1,եցար,1,ացրիր,1,ացիր,1,եցիր,1,վեցիր,1,աց,1,եց,1,ացրեց,1,ալուց,1,ելուց,1,ալու,1,ելու,1,աք,1,ցաք,1,ացաք,1,ացրիք,1,ացիք,1,եցիք,1,վեցիք,1,անք,1,ցանք,1,ացանք,1,ացրինք,1,ացինք,1,եցինք,1,վեցինք,1");
const a_2 = among("որդ,1,ույթ,1,ուհի,1,ցի,1,իլ,1,ակ,1,յակ,1,անակ,1,իկ,1,ուկ,1,ան,1,պան,1,ստան,1,արան,1,եղէն,1,յուն,1,ություն,1,ածո,1,իչ,1,ուս,1,ուստ,1,գար,1,վոր,1,ավոր,1,ոց,1,անօց,1,ու,1,ք,1,չեք,1,իք,1,ալիք,1,անիք,1,վածք,1,ույք,1,ենք,1,ոնք,1,ունք,1,մունք,1,իչք,1,արք,1");
const a_3 = among("սա,1,վա,1,ամբ,1,դ,1,անդ,1,ությանդ,1,վանդ,1,ոջդ,1,երդ,1,ներդ,1,ուդ,1,ը,1,անը,1,ությանը,1,վանը,1,ոջը,1,երը,1,ները,1,ի,1,վի,1,երի,1,ների,1,անում,1,երում,1,ներում,1,ն,1,ան,1,ության,1,վան,1,ին,1,երին,1,ներին,1,ությանն,1,երն,1,ներն,1,ուն,1,ոջ,1,ությանս,1,վանս,1,ոջս,1,ով,1,անով,1,վով,1,երով,1,ներով,1,եր,1,ներ,1,ց,1,ից,1,վանից,1,ոջից,1,վից,1,երից,1,ներից,1,ցից,1,ոց,1,ուց,1");
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
function r_adjective() {
  ket = cursor;
  if (find_among_b(a_0) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_verb() {
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
function r_noun() {
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
function r_ending() {
  ket = cursor;
  if (find_among_b(a_3) === 0) {
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
function stem() {
  let v_3, v_4, v_5, v_6, v_7;
  r_mark_regions();
  limit_backward = cursor;
  cursor = limit;
  if (cursor < I_pV) {
    return false;
  }
  v_3 = limit_backward;
  limit_backward = I_pV;
  v_4 = (limit - cursor);
  r_ending();
  cursor = (limit - v_4);
  v_5 = (limit - cursor);
  r_verb();
  cursor = (limit - v_5);
  v_6 = (limit - cursor);
  r_adjective();
  cursor = (limit - v_6);
  v_7 = (limit - cursor);
  r_noun();
  cursor = (limit - v_7);
  limit_backward = v_3;
  cursor = limit_backward;
  return true;
}
export const armenian = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
