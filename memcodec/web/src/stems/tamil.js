// Snowball's tamil: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
let B_found_vetrumai_urupu = false;
let B_found_a_match = false;
const a_0 = among("வு,3,வூ,4,வொ,2,வோ,1");
const a_1 = among("க,-1,ங,-1,ச,-1,ஞ,-1,த,-1,ந,-1,ப,-1,ம,-1,ய,-1,வ,-1");
const a_2 = among("ி,-1,ீ,-1,ை,-1");
const a_3 = among("ா,-1,ி,-1,ீ,-1,ு,-1,ூ,-1,ெ,-1,ே,-1,ை,-1");
const a_4 = among(",2,ை,1,்,1");
const a_5 = among("ந்த,1,ய,1,வ,1,னு,8,ுக்,7,ுக்க்,7,ட்க்,3,ற்க்,4,ங்,9,ட்ட்,5,த்த்,6,ந்த்,1,ந்,1,ட்ப்,3,ய்,2,ன்ற்,4,வ்,1");
const a_6 = among("க,-1,ச,-1,ட,-1,த,-1,ப,-1,ற,-1");
const a_7 = among("க,-1,ச,-1,ட,-1,த,-1,ப,-1,ற,-1");
const a_8 = among("ஞ,-1,ண,-1,ந,-1,ன,-1,ம,-1,ய,-1,ர,-1,ல,-1,ள,-1,ழ,-1,வ,-1");
const a_9 = among("ா,-1,ி,-1,ீ,-1,ு,-1,ூ,-1,ெ,-1,ே,-1,ை,-1,்,-1");
const a_10 = among("அ,-1,இ,-1,உ,-1");
const a_11 = among("க,-1,ங,-1,ச,-1,ஞ,-1,த,-1,ந,-1,ப,-1,ம,-1,ய,-1,வ,-1");
const a_12 = among("க,-1,ச,-1,ட,-1,த,-1,ப,-1,ற,-1");
const a_13 = among("கள்,4,ுங்கள்,1,ட்கள்,3,ற்கள்,2");
const a_14 = among("ா,-1,ே,-1,ோ,-1");
const a_15 = among("பி,-1,வி,-1");
const a_16 = among("ா,-1,ி,-1,ீ,-1,ு,-1,ூ,-1,ெ,-1,ே,-1,ை,-1");
const a_17 = among("பட்ட,3,பட்டண,3,தான,3,படிதான,3,ென,1,ாகிய,1,குரிய,3,ுடைய,1,ல்ல,2,ுள்ள,1,ாகி,1,படி,3,ின்றி,1,பற்றி,3,படு,3,விடு,3,பட்டு,3,விட்டு,3,பட்டது,3,ென்று,1,ுடை,1,ில்லை,1,ுடன்,1,ிடம்,1,ெல்லாம்,3,ெனும்,1");
const a_18 = among("ா,-1,ி,-1,ீ,-1,ு,-1,ூ,-1,ெ,-1,ே,-1,ை,-1");
const a_19 = among("ா,-1,ி,-1,ீ,-1,ு,-1,ூ,-1,ெ,-1,ே,-1,ை,-1");
const a_20 = among("விட,2,ீ,7,ொடு,2,ோடு,2,து,6,ிருந்து,2,ின்று,2,ுடை,2,னை,1,கண்,1,ின்,3,முன்,1,ிடம்,4,ிற்,2,மேற்,1,ல்,5,ாமல்,2,ால்,2,ில்,2,மேல்,1,ுள்,2,கீழ்,1");
const a_21 = among("க,-1,ச,-1,ட,-1,த,-1,ப,-1,ற,-1");
const a_22 = among("க,-1,ச,-1,ட,-1,த,-1,ப,-1,ற,-1");
const a_23 = among("அ,-1,ஆ,-1,இ,-1,ஈ,-1,உ,-1,ஊ,-1,எ,-1,ஏ,-1,ஐ,-1,ஒ,-1,ஓ,-1,ஔ,-1");
const a_24 = among("ா,-1,ி,-1,ீ,-1,ு,-1,ூ,-1,ெ,-1,ே,-1,ை,-1");
const a_25 = among("க,1,த,1,ன,1,ப,1,ய,1,ா,5,கு,6,படு,1,து,3,ிற்று,1,னை,1,வை,1,னன்,1,பன்,1,வன்,2,ான்,4,னான்,1,மின்,1,னென்,1,ேன்,5,னம்,1,பம்,1,ாம்,5,கும்,1,டும்,5,தும்,1,றும்,1,ெம்,5,ேம்,5,ோம்,5,ாய்,5,னர்,1,பர்,1,ீயர்,5,வர்,1,ார்,5,னார்,1,மார்,1,கொண்டிர்,1,னிர்,5,ீர்,5,னள்,1,பள்,1,வள்,1,ாள்,5,னாள்,1");
const a_26 = among("கிற,-1,கின்ற,-1,ாநின்ற,-1,கிற்,-1,கின்ற்,-1,ாநின்ற்,-1");
function r_has_min_length() {
  return current.length > 4;
}
function r_fix_va_start() {
  let among_var;
  bra = cursor;
  among_var = find_among(a_0);
  if (among_var === 0) {
    return false;
  }
  ket = cursor;
  if (among_var === 1) {
    if (!slice_from("ஓ")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("ஒ")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("உ")) {
          return false;
        }
      } else {
        if (!slice_from("ஊ")) {
          return false;
        }
      }
    }
  }
  return true;
}
function r_fix_endings() {
  let v_1, v_2;
  v_1 = cursor;
  lab0: {
    while (true) {
      v_2 = cursor;
      lab1: {
        if (!r_fix_ending()) {
          break lab1;
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
function r_remove_question_prefixes() {
  let v_1;
  bra = cursor;
  if (!eq_s("எ")) {
    return false;
  }
  if (find_among(a_1) === 0) {
    return false;
  }
  if (!eq_s("்")) {
    return false;
  }
  ket = cursor;
  if (!slice_del()) {
    return false;
  }
  v_1 = cursor;
  r_fix_va_start();
  cursor = v_1;
  return true;
}
function r_fix_ending() {
  let among_var, v_1, v_2, v_3, v_4, v_5, v_6, v_7;
  if (current.length <= 3) {
    return false;
  }
  limit_backward = cursor;
  cursor = limit;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      ket = cursor;
      among_var = find_among_b(a_5);
      if (among_var === 0) {
        break lab1;
      }
      bra = cursor;
      if (among_var === 1) {
        if (!slice_del()) {
          return false;
        }
      } else {
        if (among_var === 2) {
          v_2 = (limit - cursor);
          if (find_among_b(a_2) === 0) {
            break lab1;
          }
          cursor = (limit - v_2);
          if (!slice_del()) {
            return false;
          }
        } else {
          if (among_var === 3) {
            if (!slice_from("ள்")) {
              return false;
            }
          } else {
            if (among_var === 4) {
              if (!slice_from("ல்")) {
                return false;
              }
            } else {
              if (among_var === 5) {
                if (!slice_from("டு")) {
                  return false;
                }
              } else {
                if (among_var === 6) {
                  if (!(B_found_vetrumai_urupu)) {
                    break lab1;
                  }
                  v_3 = (limit - cursor);
                  lab2: {
                    if (!eq_s_b("ை")) {
                      break lab2;
                    }
                    break lab1;
                  }
                  cursor = (limit - v_3);
                  if (!slice_from("ம்")) {
                    return false;
                  }
                } else {
                  if (among_var === 7) {
                    if (!slice_from("்")) {
                      return false;
                    }
                  } else {
                    if (among_var === 8) {
                      v_4 = (limit - cursor);
                      lab3: {
                        if (find_among_b(a_3) === 0) {
                          break lab3;
                        }
                        break lab1;
                      }
                      cursor = (limit - v_4);
                      if (!slice_del()) {
                        return false;
                      }
                    } else {
                      among_var = find_among_b(a_4);
                      if (among_var === 1) {
                        if (!slice_del()) {
                          return false;
                        }
                      } else {
                        if (!slice_from("ம்")) {
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
      break lab0;
    }
    cursor = (limit - v_1);
    ket = cursor;
    if (!eq_s_b("்")) {
      return false;
    }
    lab4: {
      v_5 = (limit - cursor);
      lab5: {
        if (find_among_b(a_6) === 0) {
          break lab5;
        }
        v_6 = (limit - cursor);
        lab6: {
          if (!eq_s_b("்")) {
            cursor = (limit - v_6);
            break lab6;
          }
          if (find_among_b(a_7) === 0) {
            cursor = (limit - v_6);
            break lab6;
          }
        }
        bra = cursor;
        if (!slice_del()) {
          return false;
        }
        break lab4;
      }
      cursor = (limit - v_5);
      lab7: {
        if (find_among_b(a_8) === 0) {
          break lab7;
        }
        bra = cursor;
        if (!eq_s_b("்")) {
          break lab7;
        }
        if (!slice_del()) {
          return false;
        }
        break lab4;
      }
      cursor = (limit - v_5);
      v_7 = (limit - cursor);
      if (find_among_b(a_9) === 0) {
        return false;
      }
      cursor = (limit - v_7);
      bra = cursor;
      if (!slice_del()) {
        return false;
      }
    }
  }
  cursor = limit_backward;
  return true;
}
function r_remove_pronoun_prefixes() {
  let v_1;
  bra = cursor;
  if (find_among(a_10) === 0) {
    return false;
  }
  if (find_among(a_11) === 0) {
    return false;
  }
  if (!eq_s("்")) {
    return false;
  }
  ket = cursor;
  if (!slice_del()) {
    return false;
  }
  v_1 = cursor;
  r_fix_va_start();
  cursor = v_1;
  return true;
}
function r_remove_plural_suffix() {
  let among_var, v_1;
  limit_backward = cursor;
  cursor = limit;
  ket = cursor;
  among_var = find_among_b(a_13);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    lab0: {
      v_1 = (limit - cursor);
      lab1: {
        if (find_among_b(a_12) === 0) {
          break lab1;
        }
        if (!slice_from("ுங்")) {
          return false;
        }
        break lab0;
      }
      cursor = (limit - v_1);
      if (!slice_from("்")) {
        return false;
      }
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("ல்")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("ள்")) {
          return false;
        }
      } else {
        if (!slice_del()) {
          return false;
        }
      }
    }
  }
  cursor = limit_backward;
  return true;
}
function r_remove_question_suffixes() {
  let v_1;
  if (!r_has_min_length()) {
    return false;
  }
  limit_backward = cursor;
  cursor = limit;
  v_1 = (limit - cursor);
  lab0: {
    ket = cursor;
    if (find_among_b(a_14) === 0) {
      break lab0;
    }
    bra = cursor;
    if (!slice_from("்")) {
      return false;
    }
  }
  cursor = (limit - v_1);
  cursor = limit_backward;
  r_fix_endings();
  return true;
}
function r_remove_command_suffixes() {
  if (!r_has_min_length()) {
    return false;
  }
  limit_backward = cursor;
  cursor = limit;
  ket = cursor;
  if (find_among_b(a_15) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_del()) {
    return false;
  }
  cursor = limit_backward;
  return true;
}
function r_remove_um() {
  let v_1;
  if (!r_has_min_length()) {
    return false;
  }
  limit_backward = cursor;
  cursor = limit;
  ket = cursor;
  if (!eq_s_b("ும்")) {
    return false;
  }
  bra = cursor;
  if (!slice_from("்")) {
    return false;
  }
  cursor = limit_backward;
  v_1 = cursor;
  r_fix_ending();
  cursor = v_1;
  return true;
}
function r_remove_common_word_endings() {
  let among_var, v_1;
  if (!r_has_min_length()) {
    return false;
  }
  limit_backward = cursor;
  cursor = limit;
  ket = cursor;
  among_var = find_among_b(a_17);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!slice_from("்")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      v_1 = (limit - cursor);
      lab0: {
        if (find_among_b(a_16) === 0) {
          break lab0;
        }
        return false;
      }
      cursor = (limit - v_1);
      if (!slice_from("்")) {
        return false;
      }
    } else {
      if (!slice_del()) {
        return false;
      }
    }
  }
  cursor = limit_backward;
  r_fix_endings();
  return true;
}
function r_remove_vetrumai_urupukal() {
  let among_var, v_1, v_10, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  B_found_vetrumai_urupu = false;
  if (!r_has_min_length()) {
    return false;
  }
  limit_backward = cursor;
  cursor = limit;
  lab0: {
    v_1 = (limit - cursor);
    lab1: {
      v_2 = (limit - cursor);
      ket = cursor;
      among_var = find_among_b(a_20);
      if (among_var === 0) {
        break lab1;
      }
      bra = cursor;
      if (among_var === 1) {
        if (!slice_del()) {
          return false;
        }
      } else {
        if (among_var === 2) {
          if (!slice_from("்")) {
            return false;
          }
        } else {
          if (among_var === 3) {
            v_3 = (limit - cursor);
            lab2: {
              if (!eq_s_b("ம")) {
                break lab2;
              }
              break lab1;
            }
            cursor = (limit - v_3);
            if (!slice_from("்")) {
              return false;
            }
          } else {
            if (among_var === 4) {
              if (current.length < 7) {
                break lab1;
              }
              if (!slice_from("்")) {
                return false;
              }
            } else {
              if (among_var === 5) {
                v_4 = (limit - cursor);
                lab3: {
                  if (find_among_b(a_18) === 0) {
                    break lab3;
                  }
                  break lab1;
                }
                cursor = (limit - v_4);
                if (!slice_from("்")) {
                  return false;
                }
              } else {
                if (among_var === 6) {
                  v_5 = (limit - cursor);
                  lab4: {
                    if (find_among_b(a_19) === 0) {
                      break lab4;
                    }
                    break lab1;
                  }
                  cursor = (limit - v_5);
                  if (!slice_del()) {
                    return false;
                  }
                } else {
                  if (!slice_from("ி")) {
                    return false;
                  }
                }
              }
            }
          }
        }
      }
      cursor = (limit - v_2);
      break lab0;
    }
    cursor = (limit - v_1);
    v_6 = (limit - cursor);
    ket = cursor;
    if (!eq_s_b("ை")) {
      return false;
    }
    lab5: {
      v_7 = (limit - cursor);
      lab6: {
        v_8 = (limit - cursor);
        lab7: {
          if (find_among_b(a_21) === 0) {
            break lab7;
          }
          break lab6;
        }
        cursor = (limit - v_8);
        break lab5;
      }
      cursor = (limit - v_7);
      v_9 = (limit - cursor);
      if (find_among_b(a_22) === 0) {
        return false;
      }
      if (!eq_s_b("்")) {
        return false;
      }
      cursor = (limit - v_9);
    }
    bra = cursor;
    if (!slice_from("்")) {
      return false;
    }
    cursor = (limit - v_6);
  }
  B_found_vetrumai_urupu = true;
  v_10 = (limit - cursor);
  lab8: {
    ket = cursor;
    if (!eq_s_b("ின்")) {
      break lab8;
    }
    bra = cursor;
    if (!slice_from("்")) {
      return false;
    }
  }
  cursor = (limit - v_10);
  cursor = limit_backward;
  r_fix_endings();
  return true;
}
function r_remove_tense_suffixes() {
  let v_1;
  while (true) {
    v_1 = cursor;
    lab0: {
      if (!r_remove_tense_suffix()) {
        break lab0;
      }
      continue;
    }
    cursor = v_1;
    break;
  }
  return true;
}
function r_remove_tense_suffix() {
  let among_var, v_1, v_2, v_3, v_4, v_5, v_6, v_7;
  B_found_a_match = false;
  if (!r_has_min_length()) {
    return false;
  }
  limit_backward = cursor;
  cursor = limit;
  v_1 = (limit - cursor);
  lab0: {
    v_2 = (limit - cursor);
    ket = cursor;
    among_var = find_among_b(a_25);
    if (among_var === 0) {
      break lab0;
    }
    bra = cursor;
    if (among_var === 1) {
      if (!slice_del()) {
        return false;
      }
    } else {
      if (among_var === 2) {
        v_3 = (limit - cursor);
        lab1: {
          if (find_among_b(a_23) === 0) {
            break lab1;
          }
          break lab0;
        }
        cursor = (limit - v_3);
        if (!slice_del()) {
          return false;
        }
      } else {
        if (among_var === 3) {
          v_4 = (limit - cursor);
          lab2: {
            if (find_among_b(a_24) === 0) {
              break lab2;
            }
            break lab0;
          }
          cursor = (limit - v_4);
          if (!slice_del()) {
            return false;
          }
        } else {
          if (among_var === 4) {
            v_5 = (limit - cursor);
            lab3: {
              if (!eq_s_b("ச")) {
                break lab3;
              }
              break lab0;
            }
            cursor = (limit - v_5);
            if (!slice_from("்")) {
              return false;
            }
          } else {
            if (among_var === 5) {
              if (!slice_from("்")) {
                return false;
              }
            } else {
              v_6 = (limit - cursor);
              if (!eq_s_b("்")) {
                break lab0;
              }
              cursor = (limit - v_6);
              if (!slice_del()) {
                return false;
              }
            }
          }
        }
      }
    }
    B_found_a_match = true;
    cursor = (limit - v_2);
  }
  cursor = (limit - v_1);
  v_7 = (limit - cursor);
  lab4: {
    ket = cursor;
    if (find_among_b(a_26) === 0) {
      break lab4;
    }
    bra = cursor;
    if (!slice_del()) {
      return false;
    }
    B_found_a_match = true;
  }
  cursor = (limit - v_7);
  cursor = limit_backward;
  r_fix_endings();
  if (!(B_found_a_match)) {
    return false;
  }
  return true;
}
function stem() {
  let v_1, v_10, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  B_found_vetrumai_urupu = false;
  v_1 = cursor;
  r_fix_ending();
  cursor = v_1;
  if (!r_has_min_length()) {
    return false;
  }
  v_2 = cursor;
  r_remove_question_prefixes();
  cursor = v_2;
  v_3 = cursor;
  r_remove_pronoun_prefixes();
  cursor = v_3;
  v_4 = cursor;
  r_remove_question_suffixes();
  cursor = v_4;
  v_5 = cursor;
  r_remove_um();
  cursor = v_5;
  v_6 = cursor;
  r_remove_common_word_endings();
  cursor = v_6;
  v_7 = cursor;
  r_remove_vetrumai_urupukal();
  cursor = v_7;
  v_8 = cursor;
  r_remove_plural_suffix();
  cursor = v_8;
  v_9 = cursor;
  r_remove_command_suffixes();
  cursor = v_9;
  v_10 = cursor;
  r_remove_tense_suffixes();
  cursor = v_10;
  return true;
}
export const tamil = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
