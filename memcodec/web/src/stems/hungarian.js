// Snowball's hungarian: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiouáéíóöőúüű";
let I_p1 = 0;
const a_0 = among("á,1,é,2");
const a_1 = among("bb,-1,cc,-1,dd,-1,ff,-1,gg,-1,jj,-1,kk,-1,ll,-1,mm,-1,nn,-1,pp,-1,rr,-1,ccs,-1,ss,-1,zzs,-1,tt,-1,vv,-1,ggy,-1,lly,-1,nny,-1,tty,-1,ssz,-1,zz,-1");
const a_2 = among("al,1,el,1");
const a_3 = among("ba,-1,ra,-1,be,-1,re,-1,ig,-1,nak,-1,nek,-1,val,-1,vel,-1,ul,-1,nál,-1,nél,-1,ból,-1,ról,-1,tól,-1,ül,-1,ből,-1,ről,-1,től,-1,n,-1,an,-1,ban,-1,en,-1,ben,-1,képpen,-1,on,-1,ön,-1,képp,-1,kor,-1,t,-1,at,-1,et,-1,ként,-1,anként,-1,enként,-1,onként,-1,ot,-1,ért,-1,öt,-1,hez,-1,hoz,-1,höz,-1,vá,-1,vé,-1");
const a_4 = among("án,2,én,1,ánként,2");
const a_5 = among("stul,1,astul,1,ástul,2,stül,1,estül,1,éstül,3");
const a_6 = among("á,1,é,1");
const a_7 = among("k,3,ak,3,ek,3,ok,3,ák,1,ék,2,ök,3");
const a_8 = among("éi,1,áéi,3,ééi,2,é,1,ké,1,aké,1,eké,1,oké,1,áké,3,éké,2,öké,1,éé,2");
const a_9 = among("a,1,ja,1,d,1,ad,1,ed,1,od,1,ád,2,éd,3,öd,1,e,1,je,1,nk,1,unk,1,ánk,2,énk,3,ünk,1,uk,1,juk,1,ájuk,2,ük,1,jük,1,éjük,3,m,1,am,1,em,1,om,1,ám,2,ém,3,o,1,á,2,é,3");
const a_10 = among("id,1,aid,1,jaid,1,eid,1,jeid,1,áid,2,éid,3,i,1,ai,1,jai,1,ei,1,jei,1,ái,2,éi,3,itek,1,eitek,1,jeitek,1,éitek,3,ik,1,aik,1,jaik,1,eik,1,jeik,1,áik,2,éik,3,ink,1,aink,1,jaink,1,eink,1,jeink,1,áink,2,éink,3,aitok,1,jaitok,1,áitok,2,im,1,aim,1,jaim,1,eim,1,jeim,1,áim,2,éim,3");
function r_mark_regions() {
  let v_1, v_2;
  I_p1 = limit;
  lab0: {
    v_1 = cursor;
    lab1: {
      if (!in_grouping(g_v)) {
        break lab1;
      }
      v_2 = cursor;
      lab2: {
        if (!go_in_grouping(g_v)) {
          break lab2;
        }
        cursor += 1;
        I_p1 = cursor;
      }
      cursor = v_2;
      break lab0;
    }
    cursor = v_1;
    if (!go_out_grouping(g_v)) {
      return false;
    }
    cursor += 1;
    I_p1 = cursor;
  }
  return true;
}
function r_R1() {
  return I_p1 <= cursor;
}
function r_v_ending() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_0);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R1()) {
    return false;
  }
  if (among_var === 1) {
    if (!slice_from("a")) {
      return false;
    }
  } else {
    if (!slice_from("e")) {
      return false;
    }
  }
  return true;
}
function r_double() {
  let v_1;
  v_1 = (limit - cursor);
  if (find_among_b(a_1) === 0) {
    return false;
  }
  cursor = (limit - v_1);
  return true;
}
function r_undouble() {
  if (cursor <= limit_backward) {
    return false;
  }
  cursor -= 1;
  ket = cursor;
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
function r_instrum() {
  ket = cursor;
  if (find_among_b(a_2) === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R1()) {
    return false;
  }
  if (!r_double()) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  if (!r_undouble()) {
    return false;
  }
  return true;
}
function r_case() {
  ket = cursor;
  if (find_among_b(a_3) === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R1()) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  if (!r_v_ending()) {
    return false;
  }
  return true;
}
function r_case_special() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_4);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R1()) {
    return false;
  }
  if (among_var === 1) {
    if (!slice_from("e")) {
      return false;
    }
  } else {
    if (!slice_from("a")) {
      return false;
    }
  }
  return true;
}
function r_case_other() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_5);
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
      if (!slice_from("e")) {
        return false;
      }
    }
  }
  return true;
}
function r_factive() {
  ket = cursor;
  if (find_among_b(a_6) === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R1()) {
    return false;
  }
  if (!r_double()) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  if (!r_undouble()) {
    return false;
  }
  return true;
}
function r_plural() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_7);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (!r_R1()) {
    return false;
  }
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
      if (!slice_del()) {
        return false;
      }
    }
  }
  return true;
}
function r_owned() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_8);
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
      if (!slice_from("e")) {
        return false;
      }
    } else {
      if (!slice_from("a")) {
        return false;
      }
    }
  }
  return true;
}
function r_sing_owner() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_9);
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
      if (!slice_from("e")) {
        return false;
      }
    }
  }
  return true;
}
function r_plur_owner() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_10);
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
      if (!slice_from("e")) {
        return false;
      }
    }
  }
  return true;
}
function stem() {
  let v_1, v_10, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  v_1 = cursor;
  r_mark_regions();
  cursor = v_1;
  limit_backward = cursor;
  cursor = limit;
  v_2 = (limit - cursor);
  r_instrum();
  cursor = (limit - v_2);
  v_3 = (limit - cursor);
  r_case();
  cursor = (limit - v_3);
  v_4 = (limit - cursor);
  r_case_special();
  cursor = (limit - v_4);
  v_5 = (limit - cursor);
  r_case_other();
  cursor = (limit - v_5);
  v_6 = (limit - cursor);
  r_factive();
  cursor = (limit - v_6);
  v_7 = (limit - cursor);
  r_owned();
  cursor = (limit - v_7);
  v_8 = (limit - cursor);
  r_sing_owner();
  cursor = (limit - v_8);
  v_9 = (limit - cursor);
  r_plur_owner();
  cursor = (limit - v_9);
  v_10 = (limit - cursor);
  r_plural();
  cursor = (limit - v_10);
  cursor = limit_backward;
  return true;
}
export const hungarian = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
