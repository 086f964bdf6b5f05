// Snowball's arabic: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
let B_is_defined = false;
let B_is_verb = false;
let B_is_noun = false;
const a_0 = among("ـ,1,ً,1,ٌ,1,ٍ,1,َ,1,ُ,1,ِ,1,ّ,1,ْ,1,٠,2,١,3,٢,4,٣,5,٤,6,٥,7,٦,8,٧,9,٨,10,٩,11,ﺀ,12,ﺁ,16,ﺂ,16,ﺃ,13,ﺄ,13,ﺅ,17,ﺆ,17,ﺇ,14,ﺈ,14,ﺉ,15,ﺊ,15,ﺋ,15,ﺌ,15,ﺍ,18,ﺎ,18,ﺏ,19,ﺐ,19,ﺑ,19,ﺒ,19,ﺓ,20,ﺔ,20,ﺕ,21,ﺖ,21,ﺗ,21,ﺘ,21,ﺙ,22,ﺚ,22,ﺛ,22,ﺜ,22,ﺝ,23,ﺞ,23,ﺟ,23,ﺠ,23,ﺡ,24,ﺢ,24,ﺣ,24,ﺤ,24,ﺥ,25,ﺦ,25,ﺧ,25,ﺨ,25,ﺩ,26,ﺪ,26,ﺫ,27,ﺬ,27,ﺭ,28,ﺮ,28,ﺯ,29,ﺰ,29,ﺱ,30,ﺲ,30,ﺳ,30,ﺴ,30,ﺵ,31,ﺶ,31,ﺷ,31,ﺸ,31,ﺹ,32,ﺺ,32,ﺻ,32,ﺼ,32,ﺽ,33,ﺾ,33,ﺿ,33,ﻀ,33,ﻁ,34,ﻂ,34,ﻃ,34,ﻄ,34,ﻅ,35,ﻆ,35,ﻇ,35,ﻈ,35,ﻉ,36,ﻊ,36,ﻋ,36,ﻌ,36,ﻍ,37,ﻎ,37,ﻏ,37,ﻐ,37,ﻑ,38,ﻒ,38,ﻓ,38,ﻔ,38,ﻕ,39,ﻖ,39,ﻗ,39,ﻘ,39,ﻙ,40,ﻚ,40,ﻛ,40,ﻜ,40,ﻝ,41,ﻞ,41,ﻟ,41,ﻠ,41,ﻡ,42,ﻢ,42,ﻣ,42,ﻤ,42,ﻥ,43,ﻦ,43,ﻧ,43,ﻨ,43,ﻩ,44,ﻪ,44,ﻫ,44,ﻬ,44,ﻭ,45,ﻮ,45,ﻯ,46,ﻰ,46,ﻱ,47,ﻲ,47,ﻳ,47,ﻴ,47,ﻵ,51,ﻶ,51,ﻷ,49,ﻸ,49,ﻹ,50,ﻺ,50,ﻻ,48,ﻼ,48");
const a_1 = among("آ,1,أ,1,ؤ,1,إ,1,ئ,1");
const a_2 = among("آ,1,أ,1,ؤ,2,إ,1,ئ,3");
const a_3 = among("ال,2,بال,1,كال,1,لل,2");
const a_4 = among("أآ,2,أأ,1,أؤ,1,أإ,4,أا,3");
const a_5 = among("ف,1,و,1");
const a_6 = among("ال,2,بال,1,كال,1,لل,2");
const a_7 = among("ب,1,با,-1,بب,2,كك,3");
const a_8 = among("سأ,4,ست,2,سن,3,سي,1");
const a_9 = among("تست,1,نست,1,يست,1");
const a_10 = among("كما,3,هما,3,نا,2,ها,2,ك,1,كم,2,هم,2,هن,2,ه,1,ي,1");
const a_11 = among("ن,1");
const a_12 = among("ا,1,و,1,ي,1");
const a_13 = among("ات,1");
const a_14 = among("ت,1");
const a_15 = among("ة,1");
const a_16 = among("ي,1");
const a_17 = among("كما,3,هما,3,نا,2,ها,2,ك,1,كم,2,هم,2,كن,2,هن,2,ه,1,كمو,3,ني,2");
const a_18 = among("ا,1,تا,2,تما,4,نا,2,ت,1,ن,1,ان,3,تن,2,ون,3,ين,3,ي,1");
const a_19 = among("وا,1,تم,1");
const a_20 = among("و,1,تمو,2");
const a_21 = among("ى,1");
function r_Normalize_pre() {
  let among_var, v_1, v_2, v_3;
  v_1 = cursor;
  lab0: {
    while (true) {
      v_2 = cursor;
      lab1: {
        lab2: {
          v_3 = cursor;
          lab3: {
            bra = cursor;
            among_var = find_among(a_0);
            if (among_var === 0) {
              break lab3;
            }
            ket = cursor;
            if (among_var === 1) {
              if (!slice_del()) {
                return false;
              }
            } else {
              if (among_var === 2) {
                if (!slice_from("0")) {
                  return false;
                }
              } else {
                if (among_var === 3) {
                  if (!slice_from("1")) {
                    return false;
                  }
                } else {
                  if (among_var === 4) {
                    if (!slice_from("2")) {
                      return false;
                    }
                  } else {
                    if (among_var === 5) {
                      if (!slice_from("3")) {
                        return false;
                      }
                    } else {
                      if (among_var === 6) {
                        if (!slice_from("4")) {
                          return false;
                        }
                      } else {
                        if (among_var === 7) {
                          if (!slice_from("5")) {
                            return false;
                          }
                        } else {
                          if (among_var === 8) {
                            if (!slice_from("6")) {
                              return false;
                            }
                          } else {
                            if (among_var === 9) {
                              if (!slice_from("7")) {
                                return false;
                              }
                            } else {
                              if (among_var === 10) {
                                if (!slice_from("8")) {
                                  return false;
                                }
                              } else {
                                if (among_var === 11) {
                                  if (!slice_from("9")) {
                                    return false;
                                  }
                                } else {
                                  if (among_var === 12) {
                                    if (!slice_from("ء")) {
                                      return false;
                                    }
                                  } else {
                                    if (among_var === 13) {
                                      if (!slice_from("أ")) {
                                        return false;
                                      }
                                    } else {
                                      if (among_var === 14) {
                                        if (!slice_from("إ")) {
                                          return false;
                                        }
                                      } else {
                                        if (among_var === 15) {
                                          if (!slice_from("ئ")) {
                                            return false;
                                          }
                                        } else {
                                          if (among_var === 16) {
                                            if (!slice_from("آ")) {
                                              return false;
                                            }
                                          } else {
                                            if (among_var === 17) {
                                              if (!slice_from("ؤ")) {
                                                return false;
                                              }
                                            } else {
                                              if (among_var === 18) {
                                                if (!slice_from("ا")) {
                                                  return false;
                                                }
                                              } else {
                                                if (among_var === 19) {
                                                  if (!slice_from("ب")) {
                                                    return false;
                                                  }
                                                } else {
                                                  if (among_var === 20) {
                                                    if (!slice_from("ة")) {
                                                      return false;
                                                    }
                                                  } else {
                                                    if (among_var === 21) {
                                                      if (!slice_from("ت")) {
                                                        return false;
                                                      }
                                                    } else {
                                                      if (among_var === 22) {
                                                        if (!slice_from("ث")) {
                                                          return false;
                                                        }
                                                      } else {
                                                        if (among_var === 23) {
                                                          if (!slice_from("ج")) {
                                                            return false;
                                                          }
                                                        } else {
                                                          if (among_var === 24) {
                                                            if (!slice_from("ح")) {
                                                              return false;
                                                            }
                                                          } else {
                                                            if (among_var === 25) {
                                                              if (!slice_from("خ")) {
                                                                return false;
                                                              }
                                                            } else {
                                                              if (among_var === 26) {
                                                                if (!slice_from("د")) {
                                                                  return false;
                                                                }
                                                              } else {
                                                                if (among_var === 27) {
                                                                  if (!slice_from("ذ")) {
                                                                    return false;
                                                                  }
                                                                } else {
                                                                  if (among_var === 28) {
                                                                    if (!slice_from("ر")) {
                                                                      return false;
                                                                    }
                                                                  } else {
                                                                    if (among_var === 29) {
                                                                      if (!slice_from("ز")) {
                                                                        return false;
                                                                      }
                                                                    } else {
                                                                      if (among_var === 30) {
                                                                        if (!slice_from("س")) {
                                                                          return false;
                                                                        }
                                                                      } else {
                                                                        if (among_var === 31) {
                                                                          if (!slice_from("ش")) {
                                                                            return false;
                                                                          }
                                                                        } else {
                                                                          if (among_var === 32) {
                                                                            if (!slice_from("ص")) {
                                                                              return false;
                                                                            }
                                                                          } else {
                                                                            if (among_var === 33) {
                                                                              if (!slice_from("ض")) {
                                                                                return false;
                                                                              }
                                                                            } else {
                                                                              if (among_var === 34) {
                                                                                if (!slice_from("ط")) {
                                                                                  return false;
                                                                                }
                                                                              } else {
                                                                                if (among_var === 35) {
                                                                                  if (!slice_from("ظ")) {
                                                                                    return false;
                                                                                  }
                                                                                } else {
                                                                                  if (among_var === 36) {
                                                                                    if (!slice_from("ع")) {
                                                                                      return false;
                                                                                    }
                                                                                  } else {
                                                                                    if (among_var === 37) {
                                                                                      if (!slice_from("غ")) {
                                                                                        return false;
                                                                                      }
                                                                                    } else {
                                                                                      if (among_var === 38) {
                                                                                        if (!slice_from("ف")) {
                                                                                          return false;
                                                                                        }
                                                                                      } else {
                                                                                        if (among_var === 39) {
                                                                                          if (!slice_from("ق")) {
                                                                                            return false;
                                                                                          }
                                                                                        } else {
                                                                                          if (among_var === 40) {
                                                                                            if (!slice_from("ك")) {
                                                                                              return false;
                                                                                            }
                                                                                          } else {
                                                                                            if (among_var === 41) {
                                                                                              if (!slice_from("ل")) {
                                                                                                return false;
                                                                                              }
                                                                                            } else {
                                                                                              if (among_var === 42) {
                                                                                                if (!slice_from("م")) {
                                                                                                  return false;
                                                                                                }
                                                                                              } else {
                                                                                                if (among_var === 43) {
                                                                                                  if (!slice_from("ن")) {
                                                                                                    return false;
                                                                                                  }
                                                                                                } else {
                                                                                                  if (among_var === 44) {
                                                                                                    if (!slice_from("ه")) {
                                                                                                      return false;
                                                                                                    }
                                                                                                  } else {
                                                                                                    if (among_var === 45) {
                                                                                                      if (!slice_from("و")) {
                                                                                                        return false;
                                                                                                      }
                                                                                                    } else {
                                                                                                      if (among_var === 46) {
                                                                                                        if (!slice_from("ى")) {
                                                                                                          return false;
                                                                                                        }
                                                                                                      } else {
                                                                                                        if (among_var === 47) {
                                                                                                          if (!slice_from("ي")) {
                                                                                                            return false;
                                                                                                          }
                                                                                                        } else {
                                                                                                          if (among_var === 48) {
                                                                                                            if (!slice_from("لا")) {
                                                                                                              return false;
                                                                                                            }
                                                                                                          } else {
                                                                                                            if (among_var === 49) {
                                                                                                              if (!slice_from("لأ")) {
                                                                                                                return false;
                                                                                                              }
                                                                                                            } else {
                                                                                                              if (among_var === 50) {
                                                                                                                if (!slice_from("لإ")) {
                                                                                                                  return false;
                                                                                                                }
                                                                                                              } else {
                                                                                                                if (!slice_from("لآ")) {
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
            }
            break lab2;
          }
          cursor = v_3;
          if (cursor >= limit) {
            break lab1;
          }
          cursor += 1;
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
function r_Normalize_post() {
  let among_var, v_1, v_2, v_3, v_4;
  v_1 = cursor;
  lab0: {
    limit_backward = cursor;
    cursor = limit;
    ket = cursor;
    if (find_among_b(a_1) === 0) {
      break lab0;
    }
    bra = cursor;
    if (!slice_from("ء")) {
      return false;
    }
    cursor = limit_backward;
  }
  cursor = v_1;
  v_2 = cursor;
  lab1: {
    while (true) {
      v_3 = cursor;
      lab2: {
        lab3: {
          v_4 = cursor;
          lab4: {
            bra = cursor;
            among_var = find_among(a_2);
            if (among_var === 0) {
              break lab4;
            }
            ket = cursor;
            if (among_var === 1) {
              if (!slice_from("ا")) {
                return false;
              }
            } else {
              if (among_var === 2) {
                if (!slice_from("و")) {
                  return false;
                }
              } else {
                if (!slice_from("ي")) {
                  return false;
                }
              }
            }
            break lab3;
          }
          cursor = v_4;
          if (cursor >= limit) {
            break lab2;
          }
          cursor += 1;
        }
        continue;
      }
      cursor = v_3;
      break;
    }
  }
  cursor = v_2;
  return true;
}
function r_Checks1() {
  let among_var;
  bra = cursor;
  among_var = find_among(a_3);
  if (among_var === 0) {
    return false;
  }
  ket = cursor;
  if (among_var === 1) {
    if (current.length <= 4) {
      return false;
    }
    B_is_noun = true;
    B_is_verb = false;
    B_is_defined = true;
  } else {
    if (current.length <= 3) {
      return false;
    }
    B_is_noun = true;
    B_is_verb = false;
    B_is_defined = true;
  }
  return true;
}
function r_Prefix_Step1() {
  let among_var;
  bra = cursor;
  among_var = find_among(a_4);
  if (among_var === 0) {
    return false;
  }
  ket = cursor;
  if (among_var === 1) {
    if (current.length <= 3) {
      return false;
    }
    if (!slice_from("أ")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (current.length <= 3) {
        return false;
      }
      if (!slice_from("آ")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (current.length <= 3) {
          return false;
        }
        if (!slice_from("ا")) {
          return false;
        }
      } else {
        if (current.length <= 3) {
          return false;
        }
        if (!slice_from("إ")) {
          return false;
        }
      }
    }
  }
  return true;
}
function r_Prefix_Step2() {
  let v_1;
  bra = cursor;
  if (find_among(a_5) === 0) {
    return false;
  }
  ket = cursor;
  if (current.length <= 3) {
    return false;
  }
  v_1 = cursor;
  lab0: {
    if (!eq_s("ا")) {
      break lab0;
    }
    return false;
  }
  cursor = v_1;
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_Prefix_Step3a_Noun() {
  let among_var;
  bra = cursor;
  among_var = find_among(a_6);
  if (among_var === 0) {
    return false;
  }
  ket = cursor;
  if (among_var === 1) {
    if (current.length <= 5) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (current.length <= 4) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  }
  return true;
}
function r_Prefix_Step3b_Noun() {
  let among_var;
  bra = cursor;
  among_var = find_among(a_7);
  if (among_var === 0) {
    return false;
  }
  ket = cursor;
  if (among_var === 1) {
    if (current.length <= 3) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (current.length <= 3) {
        return false;
      }
      if (!slice_from("ب")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (current.length <= 3) {
          return false;
        }
        if (!slice_from("ك")) {
          return false;
        }
      }
    }
  }
  return true;
}
function r_Prefix_Step3_Verb() {
  let among_var;
  bra = cursor;
  among_var = find_among(a_8);
  if (among_var === 0) {
    return false;
  }
  ket = cursor;
  if (among_var === 1) {
    if (current.length <= 4) {
      return false;
    }
    if (!slice_from("ي")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (current.length <= 4) {
        return false;
      }
      if (!slice_from("ت")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (current.length <= 4) {
          return false;
        }
        if (!slice_from("ن")) {
          return false;
        }
      } else {
        if (current.length <= 4) {
          return false;
        }
        if (!slice_from("أ")) {
          return false;
        }
      }
    }
  }
  return true;
}
function r_Prefix_Step4_Verb() {
  bra = cursor;
  if (find_among(a_9) === 0) {
    return false;
  }
  ket = cursor;
  if (current.length <= 4) {
    return false;
  }
  B_is_verb = true;
  B_is_noun = false;
  if (!slice_from("است")) {
    return false;
  }
  return true;
}
function r_Suffix_Noun_Step1a() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_10);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (current.length < 4) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (current.length < 5) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
    } else {
      if (current.length < 6) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
    }
  }
  return true;
}
function r_Suffix_Noun_Step1b() {
  ket = cursor;
  if (find_among_b(a_11) === 0) {
    return false;
  }
  bra = cursor;
  if (current.length <= 5) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_Suffix_Noun_Step2a() {
  ket = cursor;
  if (find_among_b(a_12) === 0) {
    return false;
  }
  bra = cursor;
  if (current.length <= 4) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_Suffix_Noun_Step2b() {
  ket = cursor;
  if (find_among_b(a_13) === 0) {
    return false;
  }
  bra = cursor;
  if (current.length < 5) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_Suffix_Noun_Step2c1() {
  ket = cursor;
  if (find_among_b(a_14) === 0) {
    return false;
  }
  bra = cursor;
  if (current.length < 4) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_Suffix_Noun_Step2c2() {
  ket = cursor;
  if (find_among_b(a_15) === 0) {
    return false;
  }
  bra = cursor;
  if (current.length < 4) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_Suffix_Noun_Step3() {
  ket = cursor;
  if (find_among_b(a_16) === 0) {
    return false;
  }
  bra = cursor;
  if (current.length < 3) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_Suffix_Verb_Step1() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_17);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (current.length < 4) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (current.length < 5) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
    } else {
      if (current.length < 6) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
    }
  }
  return true;
}
function r_Suffix_Verb_Step2a() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_18);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (current.length < 4) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (current.length < 5) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (current.length <= 5) {
          return false;
        }
        if (!slice_del()) {
          return false;
        }
      } else {
        if (current.length < 6) {
          return false;
        }
        if (!slice_del()) {
          return false;
        }
      }
    }
  }
  return true;
}
function r_Suffix_Verb_Step2b() {
  ket = cursor;
  if (find_among_b(a_19) === 0) {
    return false;
  }
  bra = cursor;
  if (current.length < 5) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_Suffix_Verb_Step2c() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_20);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (current.length < 4) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (current.length < 6) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  }
  return true;
}
function r_Suffix_All_alef_maqsura() {
  ket = cursor;
  if (find_among_b(a_21) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_from("ي")) {
    return false;
  }
  return true;
}
function stem() {
  let v_1, v_10, v_12, v_13, v_15, v_16, v_17, v_18, v_19, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  B_is_noun = true;
  B_is_verb = true;
  B_is_defined = false;
  v_1 = cursor;
  r_Checks1();
  cursor = v_1;
  r_Normalize_pre();
  limit_backward = cursor;
  cursor = limit;
  v_3 = (limit - cursor);
  lab0: {
    lab1: {
      v_4 = (limit - cursor);
      lab2: {
        if (!(B_is_verb)) {
          break lab2;
        }
        lab3: {
          v_5 = (limit - cursor);
          lab4: {
            v_6 = 1;
            while (true) {
              v_7 = (limit - cursor);
              lab5: {
                if (!r_Suffix_Verb_Step1()) {
                  break lab5;
                }
                v_6 -= 1;
                continue;
              }
              cursor = (limit - v_7);
              break;
            }
            if (v_6 > 0) {
              break lab4;
            }
            lab6: {
              v_8 = (limit - cursor);
              lab7: {
                if (!r_Suffix_Verb_Step2a()) {
                  break lab7;
                }
                break lab6;
              }
              cursor = (limit - v_8);
              lab8: {
                if (!r_Suffix_Verb_Step2c()) {
                  break lab8;
                }
                break lab6;
              }
              cursor = (limit - v_8);
              if (cursor <= limit_backward) {
                break lab4;
              }
              cursor -= 1;
            }
            break lab3;
          }
          cursor = (limit - v_5);
          lab9: {
            if (!r_Suffix_Verb_Step2b()) {
              break lab9;
            }
            break lab3;
          }
          cursor = (limit - v_5);
          if (!r_Suffix_Verb_Step2a()) {
            break lab2;
          }
        }
        break lab1;
      }
      cursor = (limit - v_4);
      lab10: {
        if (!(B_is_noun)) {
          break lab10;
        }
        v_9 = (limit - cursor);
        lab11: {
          lab12: {
            v_10 = (limit - cursor);
            lab13: {
              if (!r_Suffix_Noun_Step2c2()) {
                break lab13;
              }
              break lab12;
            }
            cursor = (limit - v_10);
            lab14: {
              lab15: {
                if (!(B_is_defined)) {
                  break lab15;
                }
                break lab14;
              }
              if (!r_Suffix_Noun_Step1a()) {
                break lab14;
              }
              lab16: {
                v_12 = (limit - cursor);
                lab17: {
                  if (!r_Suffix_Noun_Step2a()) {
                    break lab17;
                  }
                  break lab16;
                }
                cursor = (limit - v_12);
                lab18: {
                  if (!r_Suffix_Noun_Step2b()) {
                    break lab18;
                  }
                  break lab16;
                }
                cursor = (limit - v_12);
                lab19: {
                  if (!r_Suffix_Noun_Step2c1()) {
                    break lab19;
                  }
                  break lab16;
                }
                cursor = (limit - v_12);
                if (cursor <= limit_backward) {
                  break lab14;
                }
                cursor -= 1;
              }
              break lab12;
            }
            cursor = (limit - v_10);
            lab20: {
              if (!r_Suffix_Noun_Step1b()) {
                break lab20;
              }
              lab21: {
                v_13 = (limit - cursor);
                lab22: {
                  if (!r_Suffix_Noun_Step2a()) {
                    break lab22;
                  }
                  break lab21;
                }
                cursor = (limit - v_13);
                lab23: {
                  if (!r_Suffix_Noun_Step2b()) {
                    break lab23;
                  }
                  break lab21;
                }
                cursor = (limit - v_13);
                if (!r_Suffix_Noun_Step2c1()) {
                  break lab20;
                }
              }
              break lab12;
            }
            cursor = (limit - v_10);
            lab24: {
              lab25: {
                if (!(B_is_defined)) {
                  break lab25;
                }
                break lab24;
              }
              if (!r_Suffix_Noun_Step2a()) {
                break lab24;
              }
              break lab12;
            }
            cursor = (limit - v_10);
            if (!r_Suffix_Noun_Step2b()) {
              cursor = (limit - v_9);
              break lab11;
            }
          }
        }
        if (!r_Suffix_Noun_Step3()) {
          break lab10;
        }
        break lab1;
      }
      cursor = (limit - v_4);
      if (!r_Suffix_All_alef_maqsura()) {
        break lab0;
      }
    }
  }
  cursor = (limit - v_3);
  cursor = limit_backward;
  v_15 = cursor;
  lab26: {
    v_16 = cursor;
    lab27: {
      if (!r_Prefix_Step1()) {
        cursor = v_16;
        break lab27;
      }
    }
    v_17 = cursor;
    lab28: {
      if (!r_Prefix_Step2()) {
        cursor = v_17;
        break lab28;
      }
    }
    lab29: {
      v_18 = cursor;
      lab30: {
        if (!r_Prefix_Step3a_Noun()) {
          break lab30;
        }
        break lab29;
      }
      cursor = v_18;
      lab31: {
        if (!(B_is_noun)) {
          break lab31;
        }
        if (!r_Prefix_Step3b_Noun()) {
          break lab31;
        }
        break lab29;
      }
      cursor = v_18;
      if (!(B_is_verb)) {
        break lab26;
      }
      v_19 = cursor;
      lab32: {
        if (!r_Prefix_Step3_Verb()) {
          cursor = v_19;
          break lab32;
        }
      }
      if (!r_Prefix_Step4_Verb()) {
        break lab26;
      }
    }
  }
  cursor = v_15;
  r_Normalize_post();
  return true;
}
export const arabic = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
