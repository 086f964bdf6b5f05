// Snowball's turkish: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_vowel = "aeıioöuü";
const g_U = "ıiuü";
const g_vowel1 = "aıou";
const g_vowel2 = "eiöü";
const g_vowel3 = "aı";
const g_vowel4 = "ei";
const g_vowel5 = "ou";
const g_vowel6 = "öü";
let B_continue_stemming_noun_suffixes = false;
const a_0 = among("m,-1,n,-1,miz,-1,niz,-1,muz,-1,nuz,-1,müz,-1,nüz,-1,mız,-1,nız,-1");
const a_1 = among("leri,-1,ları,-1");
const a_2 = among("ni,-1,nu,-1,nü,-1,nı,-1");
const a_3 = among("in,-1,un,-1,ün,-1,ın,-1");
const a_4 = among("a,-1,e,-1");
const a_5 = among("na,-1,ne,-1");
const a_6 = among("da,-1,ta,-1,de,-1,te,-1");
const a_7 = among("nda,-1,nde,-1");
const a_8 = among("dan,-1,tan,-1,den,-1,ten,-1");
const a_9 = among("ndan,-1,nden,-1");
const a_10 = among("la,-1,le,-1");
const a_11 = among("ca,-1,ce,-1");
const a_12 = among("im,-1,um,-1,üm,-1,ım,-1");
const a_13 = among("sin,-1,sun,-1,sün,-1,sın,-1");
const a_14 = among("iz,-1,uz,-1,üz,-1,ız,-1");
const a_15 = among("siniz,-1,sunuz,-1,sünüz,-1,sınız,-1");
const a_16 = among("lar,-1,ler,-1");
const a_17 = among("niz,-1,nuz,-1,nüz,-1,nız,-1");
const a_18 = among("dir,-1,tir,-1,dur,-1,tur,-1,dür,-1,tür,-1,dır,-1,tır,-1");
const a_19 = among("casına,-1,cesine,-1");
const a_20 = among("di,-1,ti,-1,dik,-1,tik,-1,duk,-1,tuk,-1,dük,-1,tük,-1,dık,-1,tık,-1,dim,-1,tim,-1,dum,-1,tum,-1,düm,-1,tüm,-1,dım,-1,tım,-1,din,-1,tin,-1,dun,-1,tun,-1,dün,-1,tün,-1,dın,-1,tın,-1,du,-1,tu,-1,dü,-1,tü,-1,dı,-1,tı,-1");
const a_21 = among("sa,-1,se,-1,sak,-1,sek,-1,sam,-1,sem,-1,san,-1,sen,-1");
const a_22 = among("miş,-1,muş,-1,müş,-1,mış,-1");
const a_23 = among("b,1,c,2,d,3,ğ,4");
function r_check_vowel_harmony() {
  let v_1, v_2;
  v_1 = (limit - cursor);
  if (!go_out_grouping_b(g_vowel)) {
    return false;
  }
  lab0: {
    v_2 = (limit - cursor);
    lab1: {
      if (!eq_s_b("a")) {
        break lab1;
      }
      if (!go_out_grouping_b(g_vowel1)) {
        break lab1;
      }
      break lab0;
    }
    cursor = (limit - v_2);
    lab2: {
      if (!eq_s_b("e")) {
        break lab2;
      }
      if (!go_out_grouping_b(g_vowel2)) {
        break lab2;
      }
      break lab0;
    }
    cursor = (limit - v_2);
    lab3: {
      if (!eq_s_b("ı")) {
        break lab3;
      }
      if (!go_out_grouping_b(g_vowel3)) {
        break lab3;
      }
      break lab0;
    }
    cursor = (limit - v_2);
    lab4: {
      if (!eq_s_b("i")) {
        break lab4;
      }
      if (!go_out_grouping_b(g_vowel4)) {
        break lab4;
      }
      break lab0;
    }
    cursor = (limit - v_2);
    lab5: {
      if (!eq_s_b("o")) {
        break lab5;
      }
      if (!go_out_grouping_b(g_vowel5)) {
        break lab5;
      }
      break lab0;
    }
    cursor = (limit - v_2);
    lab6: {
      if (!eq_s_b("ö")) {
        break lab6;
      }
      if (!go_out_grouping_b(g_vowel6)) {
        break lab6;
      }
      break lab0;
    }
    cursor = (limit - v_2);
    lab7: {
      if (!eq_s_b("u")) {
        break lab7;
      }
      if (!go_out_grouping_b(g_vowel5)) {
        break lab7;
      }
      break lab0;
    }
    cursor = (limit - v_2);
    if (!eq_s_b("ü")) {
      return false;
    }
    if (!go_out_grouping_b(g_vowel6)) {
      return false;
    }
  }
  cursor = (limit - v_1);
  return true;
}
function r_mark_suffix_with_optional_n_consonant() {
  let v_1, v_2, v_3, v_4, v_5;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (!eq_s_b("n")) {
        break lab1;
      }
      v_2 = (limit - cursor);
      if (!in_grouping_b(g_vowel)) {
        break lab1;
      }
      cursor = (limit - v_2);
      break lab0;
    }
    cursor = (limit - v_1);
    v_3 = (limit - cursor);
    lab2: {
      v_4 = (limit - cursor);
      if (!eq_s_b("n")) {
        break lab2;
      }
      cursor = (limit - v_4);
      return false;
    }
    cursor = (limit - v_3);
    v_5 = (limit - cursor);
    if (cursor <= limit_backward) {
      return false;
    }
    cursor -= 1;
    if (!in_grouping_b(g_vowel)) {
      return false;
    }
    cursor = (limit - v_5);
  }
  return true;
}
function r_mark_suffix_with_optional_s_consonant() {
  let v_1, v_2, v_3, v_4, v_5;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (!eq_s_b("s")) {
        break lab1;
      }
      v_2 = (limit - cursor);
      if (!in_grouping_b(g_vowel)) {
        break lab1;
      }
      cursor = (limit - v_2);
      break lab0;
    }
    cursor = (limit - v_1);
    v_3 = (limit - cursor);
    lab2: {
      v_4 = (limit - cursor);
      if (!eq_s_b("s")) {
        break lab2;
      }
      cursor = (limit - v_4);
      return false;
    }
    cursor = (limit - v_3);
    v_5 = (limit - cursor);
    if (cursor <= limit_backward) {
      return false;
    }
    cursor -= 1;
    if (!in_grouping_b(g_vowel)) {
      return false;
    }
    cursor = (limit - v_5);
  }
  return true;
}
function r_mark_suffix_with_optional_y_consonant() {
  let v_1, v_2, v_3, v_4, v_5;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (!eq_s_b("y")) {
        break lab1;
      }
      v_2 = (limit - cursor);
      if (!in_grouping_b(g_vowel)) {
        break lab1;
      }
      cursor = (limit - v_2);
      break lab0;
    }
    cursor = (limit - v_1);
    v_3 = (limit - cursor);
    lab2: {
      v_4 = (limit - cursor);
      if (!eq_s_b("y")) {
        break lab2;
      }
      cursor = (limit - v_4);
      return false;
    }
    cursor = (limit - v_3);
    v_5 = (limit - cursor);
    if (cursor <= limit_backward) {
      return false;
    }
    cursor -= 1;
    if (!in_grouping_b(g_vowel)) {
      return false;
    }
    cursor = (limit - v_5);
  }
  return true;
}
function r_mark_suffix_with_optional_U_vowel() {
  let v_1, v_2, v_3, v_4, v_5;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (!in_grouping_b(g_U)) {
        break lab1;
      }
      v_2 = (limit - cursor);
      if (!out_grouping_b(g_vowel)) {
        break lab1;
      }
      cursor = (limit - v_2);
      break lab0;
    }
    cursor = (limit - v_1);
    v_3 = (limit - cursor);
    lab2: {
      v_4 = (limit - cursor);
      if (!in_grouping_b(g_U)) {
        break lab2;
      }
      cursor = (limit - v_4);
      return false;
    }
    cursor = (limit - v_3);
    v_5 = (limit - cursor);
    if (cursor <= limit_backward) {
      return false;
    }
    cursor -= 1;
    if (!out_grouping_b(g_vowel)) {
      return false;
    }
    cursor = (limit - v_5);
  }
  return true;
}
function r_mark_possessives() {
  if (find_among_b(a_0) === 0) {
    return false;
  }
  if (!r_mark_suffix_with_optional_U_vowel()) {
    return false;
  }
  return true;
}
function r_mark_sU() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (!in_grouping_b(g_U)) {
    return false;
  }
  if (!r_mark_suffix_with_optional_s_consonant()) {
    return false;
  }
  return true;
}
function r_mark_lArI() {
  if (find_among_b(a_1) === 0) {
    return false;
  }
  return true;
}
function r_mark_yU() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (!in_grouping_b(g_U)) {
    return false;
  }
  if (!r_mark_suffix_with_optional_y_consonant()) {
    return false;
  }
  return true;
}
function r_mark_nU() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_2) === 0) {
    return false;
  }
  return true;
}
function r_mark_nUn() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_3) === 0) {
    return false;
  }
  if (!r_mark_suffix_with_optional_n_consonant()) {
    return false;
  }
  return true;
}
function r_mark_yA() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_4) === 0) {
    return false;
  }
  if (!r_mark_suffix_with_optional_y_consonant()) {
    return false;
  }
  return true;
}
function r_mark_nA() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_5) === 0) {
    return false;
  }
  return true;
}
function r_mark_DA() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_6) === 0) {
    return false;
  }
  return true;
}
function r_mark_ndA() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_7) === 0) {
    return false;
  }
  return true;
}
function r_mark_DAn() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_8) === 0) {
    return false;
  }
  return true;
}
function r_mark_ndAn() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_9) === 0) {
    return false;
  }
  return true;
}
function r_mark_ylA() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_10) === 0) {
    return false;
  }
  if (!r_mark_suffix_with_optional_y_consonant()) {
    return false;
  }
  return true;
}
function r_mark_ki() {
  if (!eq_s_b("ki")) {
    return false;
  }
  return true;
}
function r_mark_ncA() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_11) === 0) {
    return false;
  }
  if (!r_mark_suffix_with_optional_n_consonant()) {
    return false;
  }
  return true;
}
function r_mark_yUm() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_12) === 0) {
    return false;
  }
  if (!r_mark_suffix_with_optional_y_consonant()) {
    return false;
  }
  return true;
}
function r_mark_sUn() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_13) === 0) {
    return false;
  }
  return true;
}
function r_mark_yUz() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_14) === 0) {
    return false;
  }
  if (!r_mark_suffix_with_optional_y_consonant()) {
    return false;
  }
  return true;
}
function r_mark_sUnUz() {
  if (find_among_b(a_15) === 0) {
    return false;
  }
  return true;
}
function r_mark_lAr() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_16) === 0) {
    return false;
  }
  return true;
}
function r_mark_nUz() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_17) === 0) {
    return false;
  }
  return true;
}
function r_mark_DUr() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_18) === 0) {
    return false;
  }
  return true;
}
function r_mark_cAsInA() {
  if (find_among_b(a_19) === 0) {
    return false;
  }
  return true;
}
function r_mark_yDU() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_20) === 0) {
    return false;
  }
  if (!r_mark_suffix_with_optional_y_consonant()) {
    return false;
  }
  return true;
}
function r_mark_ysA() {
  if (find_among_b(a_21) === 0) {
    return false;
  }
  if (!r_mark_suffix_with_optional_y_consonant()) {
    return false;
  }
  return true;
}
function r_mark_ymUs_() {
  if (!r_check_vowel_harmony()) {
    return false;
  }
  if (find_among_b(a_22) === 0) {
    return false;
  }
  if (!r_mark_suffix_with_optional_y_consonant()) {
    return false;
  }
  return true;
}
function r_mark_yken() {
  if (!eq_s_b("ken")) {
    return false;
  }
  if (!r_mark_suffix_with_optional_y_consonant()) {
    return false;
  }
  return true;
}
function r_stem_nominal_verb_suffixes() {
  let v_1, v_10, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  ket = cursor;
  B_continue_stemming_noun_suffixes = true;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      lab2: {
        v_2 = (limit - cursor);
        lab3: {
          if (!r_mark_ymUs_()) {
            break lab3;
          }
          break lab2;
        }
        cursor = (limit - v_2);
        lab4: {
          if (!r_mark_yDU()) {
            break lab4;
          }
          break lab2;
        }
        cursor = (limit - v_2);
        lab5: {
          if (!r_mark_ysA()) {
            break lab5;
          }
          break lab2;
        }
        cursor = (limit - v_2);
        if (!r_mark_yken()) {
          break lab1;
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab6: {
      if (!r_mark_cAsInA()) {
        break lab6;
      }
      lab7: {
        v_3 = (limit - cursor);
        lab8: {
          if (!r_mark_sUnUz()) {
            break lab8;
          }
          break lab7;
        }
        cursor = (limit - v_3);
        lab9: {
          if (!r_mark_lAr()) {
            break lab9;
          }
          break lab7;
        }
        cursor = (limit - v_3);
        lab10: {
          if (!r_mark_yUm()) {
            break lab10;
          }
          break lab7;
        }
        cursor = (limit - v_3);
        lab11: {
          if (!r_mark_sUn()) {
            break lab11;
          }
          break lab7;
        }
        cursor = (limit - v_3);
        lab12: {
          if (!r_mark_yUz()) {
            break lab12;
          }
          break lab7;
        }
        cursor = (limit - v_3);
      }
      if (!r_mark_ymUs_()) {
        break lab6;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab13: {
      if (!r_mark_lAr()) {
        break lab13;
      }
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
      v_4 = (limit - cursor);
      lab14: {
        ket = cursor;
        lab15: {
          v_5 = (limit - cursor);
          lab16: {
            if (!r_mark_DUr()) {
              break lab16;
            }
            break lab15;
          }
          cursor = (limit - v_5);
          lab17: {
            if (!r_mark_yDU()) {
              break lab17;
            }
            break lab15;
          }
          cursor = (limit - v_5);
          lab18: {
            if (!r_mark_ysA()) {
              break lab18;
            }
            break lab15;
          }
          cursor = (limit - v_5);
          if (!r_mark_ymUs_()) {
            cursor = (limit - v_4);
            break lab14;
          }
        }
      }
      B_continue_stemming_noun_suffixes = false;
      break lab0;
    }
    cursor = (limit - v_1);
    lab19: {
      if (!r_mark_nUz()) {
        break lab19;
      }
      lab20: {
        v_6 = (limit - cursor);
        lab21: {
          if (!r_mark_yDU()) {
            break lab21;
          }
          break lab20;
        }
        cursor = (limit - v_6);
        if (!r_mark_ysA()) {
          break lab19;
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab22: {
      lab23: {
        v_7 = (limit - cursor);
        lab24: {
          if (!r_mark_sUnUz()) {
            break lab24;
          }
          break lab23;
        }
        cursor = (limit - v_7);
        lab25: {
          if (!r_mark_yUz()) {
            break lab25;
          }
          break lab23;
        }
        cursor = (limit - v_7);
        lab26: {
          if (!r_mark_sUn()) {
            break lab26;
          }
          break lab23;
        }
        cursor = (limit - v_7);
        if (!r_mark_yUm()) {
          break lab22;
        }
      }
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
      v_8 = (limit - cursor);
      lab27: {
        ket = cursor;
        if (!r_mark_ymUs_()) {
          cursor = (limit - v_8);
          break lab27;
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    if (!r_mark_DUr()) {
      return false;
    }
    bra = cursor;
    if (!slice_del()) {
      return false;
    }
    v_9 = (limit - cursor);
    lab28: {
      ket = cursor;
      lab29: {
        v_10 = (limit - cursor);
        lab30: {
          if (!r_mark_sUnUz()) {
            break lab30;
          }
          break lab29;
        }
        cursor = (limit - v_10);
        lab31: {
          if (!r_mark_lAr()) {
            break lab31;
          }
          break lab29;
        }
        cursor = (limit - v_10);
        lab32: {
          if (!r_mark_yUm()) {
            break lab32;
          }
          break lab29;
        }
        cursor = (limit - v_10);
        lab33: {
          if (!r_mark_sUn()) {
            break lab33;
          }
          break lab29;
        }
        cursor = (limit - v_10);
        lab34: {
          if (!r_mark_yUz()) {
            break lab34;
          }
          break lab29;
        }
        cursor = (limit - v_10);
      }
      if (!r_mark_ymUs_()) {
        cursor = (limit - v_9);
        break lab28;
      }
    }
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_stem_suffix_chain_before_ki() {
  let v_1, v_10, v_11, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  ket = cursor;
  if (!r_mark_ki()) {
    return false;
  }
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (!r_mark_DA()) {
        break lab1;
      }
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
      v_2 = (limit - cursor);
      lab2: {
        ket = cursor;
        lab3: {
          v_3 = (limit - cursor);
          lab4: {
            if (!r_mark_lAr()) {
              break lab4;
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            v_4 = (limit - cursor);
            lab5: {
              if (!r_stem_suffix_chain_before_ki()) {
                cursor = (limit - v_4);
                break lab5;
              }
            }
            break lab3;
          }
          cursor = (limit - v_3);
          if (!r_mark_possessives()) {
            cursor = (limit - v_2);
            break lab2;
          }
          bra = cursor;
          if (!slice_del()) {
            return false;
          }
          v_5 = (limit - cursor);
          lab6: {
            ket = cursor;
            if (!r_mark_lAr()) {
              cursor = (limit - v_5);
              break lab6;
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            if (!r_stem_suffix_chain_before_ki()) {
              cursor = (limit - v_5);
              break lab6;
            }
          }
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab7: {
      if (!r_mark_nUn()) {
        break lab7;
      }
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
      v_6 = (limit - cursor);
      lab8: {
        ket = cursor;
        lab9: {
          v_7 = (limit - cursor);
          lab10: {
            if (!r_mark_lArI()) {
              break lab10;
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            break lab9;
          }
          cursor = (limit - v_7);
          lab11: {
            ket = cursor;
            lab12: {
              v_8 = (limit - cursor);
              lab13: {
                if (!r_mark_possessives()) {
                  break lab13;
                }
                break lab12;
              }
              cursor = (limit - v_8);
              if (!r_mark_sU()) {
                break lab11;
              }
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            v_9 = (limit - cursor);
            lab14: {
              ket = cursor;
              if (!r_mark_lAr()) {
                cursor = (limit - v_9);
                break lab14;
              }
              bra = cursor;
              if (!slice_del()) {
                return false;
              }
              if (!r_stem_suffix_chain_before_ki()) {
                cursor = (limit - v_9);
                break lab14;
              }
            }
            break lab9;
          }
          cursor = (limit - v_7);
          if (!r_stem_suffix_chain_before_ki()) {
            cursor = (limit - v_6);
            break lab8;
          }
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    if (!r_mark_ndA()) {
      return false;
    }
    lab15: {
      v_10 = (limit - cursor);
      lab16: {
        if (!r_mark_lArI()) {
          break lab16;
        }
        bra = cursor;
        if (!slice_del()) {
          return false;
        }
        break lab15;
      }
      cursor = (limit - v_10);
      lab17: {
        if (!r_mark_sU()) {
          break lab17;
        }
        bra = cursor;
        if (!slice_del()) {
          return false;
        }
        v_11 = (limit - cursor);
        lab18: {
          ket = cursor;
          if (!r_mark_lAr()) {
            cursor = (limit - v_11);
            break lab18;
          }
          bra = cursor;
          if (!slice_del()) {
            return false;
          }
          if (!r_stem_suffix_chain_before_ki()) {
            cursor = (limit - v_11);
            break lab18;
          }
        }
        break lab15;
      }
      cursor = (limit - v_10);
      if (!r_stem_suffix_chain_before_ki()) {
        return false;
      }
    }
  }
  return true;
}
function r_stem_noun_suffixes() {
  let v_1, v_10, v_11, v_12, v_13, v_14, v_15, v_16, v_17, v_18, v_19, v_2, v_20, v_21, v_22, v_23, v_24, v_25, v_26, v_27, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      ket = cursor;
      if (!r_mark_lAr()) {
        break lab1;
      }
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
      v_2 = (limit - cursor);
      lab2: {
        if (!r_stem_suffix_chain_before_ki()) {
          cursor = (limit - v_2);
          break lab2;
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab3: {
      ket = cursor;
      if (!r_mark_ncA()) {
        break lab3;
      }
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
      v_3 = (limit - cursor);
      lab4: {
        lab5: {
          v_4 = (limit - cursor);
          lab6: {
            ket = cursor;
            if (!r_mark_lArI()) {
              break lab6;
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            break lab5;
          }
          cursor = (limit - v_4);
          lab7: {
            ket = cursor;
            lab8: {
              v_5 = (limit - cursor);
              lab9: {
                if (!r_mark_possessives()) {
                  break lab9;
                }
                break lab8;
              }
              cursor = (limit - v_5);
              if (!r_mark_sU()) {
                break lab7;
              }
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            v_6 = (limit - cursor);
            lab10: {
              ket = cursor;
              if (!r_mark_lAr()) {
                cursor = (limit - v_6);
                break lab10;
              }
              bra = cursor;
              if (!slice_del()) {
                return false;
              }
              if (!r_stem_suffix_chain_before_ki()) {
                cursor = (limit - v_6);
                break lab10;
              }
            }
            break lab5;
          }
          cursor = (limit - v_4);
          ket = cursor;
          if (!r_mark_lAr()) {
            cursor = (limit - v_3);
            break lab4;
          }
          bra = cursor;
          if (!slice_del()) {
            return false;
          }
          if (!r_stem_suffix_chain_before_ki()) {
            cursor = (limit - v_3);
            break lab4;
          }
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab11: {
      ket = cursor;
      lab12: {
        v_7 = (limit - cursor);
        lab13: {
          if (!r_mark_ndA()) {
            break lab13;
          }
          break lab12;
        }
        cursor = (limit - v_7);
        if (!r_mark_nA()) {
          break lab11;
        }
      }
      lab14: {
        v_8 = (limit - cursor);
        lab15: {
          if (!r_mark_lArI()) {
            break lab15;
          }
          bra = cursor;
          if (!slice_del()) {
            return false;
          }
          break lab14;
        }
        cursor = (limit - v_8);
        lab16: {
          if (!r_mark_sU()) {
            break lab16;
          }
          bra = cursor;
          if (!slice_del()) {
            return false;
          }
          v_9 = (limit - cursor);
          lab17: {
            ket = cursor;
            if (!r_mark_lAr()) {
              cursor = (limit - v_9);
              break lab17;
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            if (!r_stem_suffix_chain_before_ki()) {
              cursor = (limit - v_9);
              break lab17;
            }
          }
          break lab14;
        }
        cursor = (limit - v_8);
        if (!r_stem_suffix_chain_before_ki()) {
          break lab11;
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab18: {
      ket = cursor;
      lab19: {
        v_10 = (limit - cursor);
        lab20: {
          if (!r_mark_ndAn()) {
            break lab20;
          }
          break lab19;
        }
        cursor = (limit - v_10);
        if (!r_mark_nU()) {
          break lab18;
        }
      }
      lab21: {
        v_11 = (limit - cursor);
        lab22: {
          if (!r_mark_sU()) {
            break lab22;
          }
          bra = cursor;
          if (!slice_del()) {
            return false;
          }
          v_12 = (limit - cursor);
          lab23: {
            ket = cursor;
            if (!r_mark_lAr()) {
              cursor = (limit - v_12);
              break lab23;
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            if (!r_stem_suffix_chain_before_ki()) {
              cursor = (limit - v_12);
              break lab23;
            }
          }
          break lab21;
        }
        cursor = (limit - v_11);
        if (!r_mark_lArI()) {
          break lab18;
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab24: {
      ket = cursor;
      if (!r_mark_DAn()) {
        break lab24;
      }
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
      v_13 = (limit - cursor);
      lab25: {
        ket = cursor;
        lab26: {
          v_14 = (limit - cursor);
          lab27: {
            if (!r_mark_possessives()) {
              break lab27;
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            v_15 = (limit - cursor);
            lab28: {
              ket = cursor;
              if (!r_mark_lAr()) {
                cursor = (limit - v_15);
                break lab28;
              }
              bra = cursor;
              if (!slice_del()) {
                return false;
              }
              if (!r_stem_suffix_chain_before_ki()) {
                cursor = (limit - v_15);
                break lab28;
              }
            }
            break lab26;
          }
          cursor = (limit - v_14);
          lab29: {
            if (!r_mark_lAr()) {
              break lab29;
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            v_16 = (limit - cursor);
            lab30: {
              if (!r_stem_suffix_chain_before_ki()) {
                cursor = (limit - v_16);
                break lab30;
              }
            }
            break lab26;
          }
          cursor = (limit - v_14);
          if (!r_stem_suffix_chain_before_ki()) {
            cursor = (limit - v_13);
            break lab25;
          }
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab31: {
      ket = cursor;
      lab32: {
        v_17 = (limit - cursor);
        lab33: {
          if (!r_mark_nUn()) {
            break lab33;
          }
          break lab32;
        }
        cursor = (limit - v_17);
        if (!r_mark_ylA()) {
          break lab31;
        }
      }
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
      v_18 = (limit - cursor);
      lab34: {
        lab35: {
          v_19 = (limit - cursor);
          lab36: {
            ket = cursor;
            if (!r_mark_lAr()) {
              break lab36;
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            if (!r_stem_suffix_chain_before_ki()) {
              break lab36;
            }
            break lab35;
          }
          cursor = (limit - v_19);
          lab37: {
            ket = cursor;
            lab38: {
              v_20 = (limit - cursor);
              lab39: {
                if (!r_mark_possessives()) {
                  break lab39;
                }
                break lab38;
              }
              cursor = (limit - v_20);
              if (!r_mark_sU()) {
                break lab37;
              }
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            v_21 = (limit - cursor);
            lab40: {
              ket = cursor;
              if (!r_mark_lAr()) {
                cursor = (limit - v_21);
                break lab40;
              }
              bra = cursor;
              if (!slice_del()) {
                return false;
              }
              if (!r_stem_suffix_chain_before_ki()) {
                cursor = (limit - v_21);
                break lab40;
              }
            }
            break lab35;
          }
          cursor = (limit - v_19);
          if (!r_stem_suffix_chain_before_ki()) {
            cursor = (limit - v_18);
            break lab34;
          }
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab41: {
      ket = cursor;
      if (!r_mark_lArI()) {
        break lab41;
      }
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab42: {
      if (!r_stem_suffix_chain_before_ki()) {
        break lab42;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    lab43: {
      ket = cursor;
      lab44: {
        v_22 = (limit - cursor);
        lab45: {
          if (!r_mark_DA()) {
            break lab45;
          }
          break lab44;
        }
        cursor = (limit - v_22);
        lab46: {
          if (!r_mark_yU()) {
            break lab46;
          }
          break lab44;
        }
        cursor = (limit - v_22);
        if (!r_mark_yA()) {
          break lab43;
        }
      }
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
      v_23 = (limit - cursor);
      lab47: {
        ket = cursor;
        lab48: {
          v_24 = (limit - cursor);
          lab49: {
            if (!r_mark_possessives()) {
              break lab49;
            }
            bra = cursor;
            if (!slice_del()) {
              return false;
            }
            v_25 = (limit - cursor);
            lab50: {
              ket = cursor;
              if (!r_mark_lAr()) {
                cursor = (limit - v_25);
                break lab50;
              }
            }
            break lab48;
          }
          cursor = (limit - v_24);
          if (!r_mark_lAr()) {
            cursor = (limit - v_23);
            break lab47;
          }
        }
        bra = cursor;
        if (!slice_del()) {
          return false;
        }
        ket = cursor;
        if (!r_stem_suffix_chain_before_ki()) {
          cursor = (limit - v_23);
          break lab47;
        }
      }
      break lab0;
    }
    cursor = (limit - v_1);
    ket = cursor;
    lab51: {
      v_26 = (limit - cursor);
      lab52: {
        if (!r_mark_possessives()) {
          break lab52;
        }
        break lab51;
      }
      cursor = (limit - v_26);
      if (!r_mark_sU()) {
        return false;
      }
    }
    bra = cursor;
    if (!slice_del()) {
      return false;
    }
    v_27 = (limit - cursor);
    lab53: {
      ket = cursor;
      if (!r_mark_lAr()) {
        cursor = (limit - v_27);
        break lab53;
      }
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
      if (!r_stem_suffix_chain_before_ki()) {
        cursor = (limit - v_27);
        break lab53;
      }
    }
  }
  return true;
}
function r_post_process_last_consonants() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_23);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!slice_from("p")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("ç")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("t")) {
          return false;
        }
      } else {
        if (!slice_from("k")) {
          return false;
        }
      }
    }
  }
  return true;
}
function r_append_U_to_stems_ending_with_d_or_g() {
  let v_1, v_2, v_3, v_4, v_5, v_6;
  ket = cursor;
  bra = cursor;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      if (!eq_s_b("d")) {
        break lab1;
      }
      break lab0;
    }
    cursor = (limit - v_1);
    if (!eq_s_b("g")) {
      return false;
    }
  }
  if (!go_out_grouping_b(g_vowel)) {
    return false;
  }
  lab2: {
    v_2 = (limit - cursor);
    lab3: {
      lab4: {
        v_3 = (limit - cursor);
        lab5: {
          if (!eq_s_b("a")) {
            break lab5;
          }
          break lab4;
        }
        cursor = (limit - v_3);
        if (!eq_s_b("ı")) {
          break lab3;
        }
      }
      if (!slice_from("ı")) {
        return false;
      }
      break lab2;
    }
    cursor = (limit - v_2);
    lab6: {
      lab7: {
        v_4 = (limit - cursor);
        lab8: {
          if (!eq_s_b("e")) {
            break lab8;
          }
          break lab7;
        }
        cursor = (limit - v_4);
        if (!eq_s_b("i")) {
          break lab6;
        }
      }
      if (!slice_from("i")) {
        return false;
      }
      break lab2;
    }
    cursor = (limit - v_2);
    lab9: {
      lab10: {
        v_5 = (limit - cursor);
        lab11: {
          if (!eq_s_b("o")) {
            break lab11;
          }
          break lab10;
        }
        cursor = (limit - v_5);
        if (!eq_s_b("u")) {
          break lab9;
        }
      }
      if (!slice_from("u")) {
        return false;
      }
      break lab2;
    }
    cursor = (limit - v_2);
    lab12: {
      v_6 = (limit - cursor);
      lab13: {
        if (!eq_s_b("ö")) {
          break lab13;
        }
        break lab12;
      }
      cursor = (limit - v_6);
      if (!eq_s_b("ü")) {
        return false;
      }
    }
    if (!slice_from("ü")) {
      return false;
    }
  }
  return true;
}
function r_is_reserved_word() {
  let v_1;
  if (!eq_s_b("ad")) {
    return false;
  }
  v_1 = (limit - cursor);
  lab0: {
    if (!eq_s_b("soy")) {
      cursor = (limit - v_1);
      break lab0;
    }
  }
  if (cursor > limit_backward) {
    return false;
  }
  return true;
}
function r_remove_proper_noun_suffix() {
  let c, v_1, v_2, v_3, v_4, v_5;
  v_1 = cursor;
  lab0: {
    bra = cursor;
    lab1: {
      while (true) {
        v_2 = cursor;
        lab2: {
          v_3 = cursor;
          lab3: {
            if (!eq_s("'")) {
              break lab3;
            }
            break lab2;
          }
          cursor = v_3;
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
    ket = cursor;
    if (!slice_del()) {
      return false;
    }
  }
  cursor = v_1;
  v_4 = cursor;
  lab4: {
    c = (cursor + 2);
    if (c > limit) {
      break lab4;
    }
    cursor = c;
    lab5: {
      while (true) {
        v_5 = cursor;
        lab6: {
          if (!eq_s("'")) {
            break lab6;
          }
          cursor = v_5;
          break lab5;
        }
        cursor = v_5;
        if (cursor >= limit) {
          break lab4;
        }
        cursor += 1;
      }
    }
    bra = cursor;
    cursor = limit;
    ket = cursor;
    if (!slice_del()) {
      return false;
    }
  }
  cursor = v_4;
  return true;
}
function r_more_than_one_syllable_word() {
  let v_1;
  v_1 = cursor;
  for (let v_2 = 2; v_2--; ) {
    if (!go_out_grouping(g_vowel)) {
      return false;
    }
    cursor += 1;
  }
  cursor = v_1;
  return true;
}
function r_postlude() {
  let v_1, v_2, v_3;
  limit_backward = cursor;
  cursor = limit;
  v_1 = (limit - cursor);
  lab0: {
    if (!r_is_reserved_word()) {
      break lab0;
    }
    return false;
  }
  cursor = (limit - v_1);
  v_2 = (limit - cursor);
  r_append_U_to_stems_ending_with_d_or_g();
  cursor = (limit - v_2);
  v_3 = (limit - cursor);
  r_post_process_last_consonants();
  cursor = (limit - v_3);
  cursor = limit_backward;
  return true;
}
function stem() {
  let v_2, v_3;
  r_remove_proper_noun_suffix();
  if (!r_more_than_one_syllable_word()) {
    return false;
  }
  limit_backward = cursor;
  cursor = limit;
  v_2 = (limit - cursor);
  r_stem_nominal_verb_suffixes();
  cursor = (limit - v_2);
  if (!(B_continue_stemming_noun_suffixes)) {
    return false;
  }
  v_3 = (limit - cursor);
  r_stem_noun_suffixes();
  cursor = (limit - v_3);
  cursor = limit_backward;
  if (!r_postlude()) {
    return false;
  }
  return true;
}
export const turkish = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
