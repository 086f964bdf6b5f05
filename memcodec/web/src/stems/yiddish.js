// Snowball's yiddish: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_niked = "ְֱֲֳִֵֶַָֹֻּֿׁׂ";
const g_vowel = "אויעױײ";
const g_consonant = "בגדהזחטךכלםמןנסףפץצקרשתװ";
let I_x = 0;
let I_p1 = 0;
const a_0 = among("וו,1,וי,2,יי,3,ך,4,ם,5,ן,6,ף,7,ץ,8");
const a_1 = among("אדורכ,1,אהינ,1,אהער,1,אהײמ,1,אומ,1,אונטער,1,איבער,1,אנ,1,אנט,1,אנטקעגנ,1,אנידער,1,אפ,1,אפיר,1,אקעגנ,1,אראפ,1,ארומ,1,ארונטער,1,אריבער,1,ארױס,1,ארױפ,1,ארײנ,1,אװעק,1,אױס,1,אױפ,1,אײנ,1,בא,1,בײ,1,דורכ,1,דער,1,מיט,1,נאכ,1,פאר,1,פארבײ,1,פארױס,1,פונאנדער,1,צו,1,צוזאמענ,1,צונױפ,1,צוריק,1,צע,1");
const a_2 = among("דזש,-1,שטר,-1,שטש,-1,שפר,-1");
const a_3 = among("קליב,9,ריב,10,טריב,7,שריב,15,הױב,23,שװיג,12,גאנג,1,זונג,18,שלונג,21,צװונג,20,בױג,22,בונד,16,װיז,6,ביט,4,ליט,8,מיט,3,שניט,14,נומ,2,שטאנ,25,ביס,5,שמיס,13,ריס,11,טרונק,19,פארלױר,24,שװױר,26,װוטש,17");
const a_4 = among("ונג,1,סטו,1,ט,1,בראכט,31,סט,1,יסט,33,עט,1,שאפט,1,הײט,1,קײט,1,יקײט,1,לעכ,1,עלעכ,1,יזמ,1,ימ,1,עמ,1,ענעמ,3,טענעמ,4,נ,1,קליבנ,14,ריבנ,15,טריבנ,12,שריבנ,7,הױבנ,27,שװיגנ,17,זונגנ,22,שלונגנ,25,צװונגנ,24,בױגנ,26,בונדנ,20,װיזנ,11,טנ,4,GEביטנ,9,GEליטנ,13,GEמיטנ,8,שניטנ,19,סטנ,1,יסטנ,1,עטנ,1,GEביסנ,10,שמיסנ,18,GEריסנ,16,ענ,1,גאנגענ,5,עלענ,1,נומענ,6,יזמענ,1,שטאנענ,29,טרונקנ,23,פארלױרנ,28,שװױרנ,30,װוטשנ,21,גײנ,5,ס,1,טס,4,עטס,1,נס,1,טנס,4,ענס,3,עס,1,יעס,2,עלעס,1,ערס,1,ענערס,1,ע,1,טע,4,סטע,1,עטע,1,יע,-1,עלע,1,ענע,3,טענע,4,ער,1,טער,4,סטער,1,עטער,1,ענער,3,טענער,4,ות,32");
const a_5 = among("ונג,1,שאפט,1,הײט,1,קײט,1,יקײט,1,ל,2");
const a_6 = among("יג,1,יק,1,דיק,1,נדיק,1,ענדיק,1,בליק,-1,גליק,-1,ניק,1,יש,1");
function r_prelude() {
  let among_var, v_1, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
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
              among_var = find_among(a_0);
              if (among_var === 0) {
                break lab3;
              }
              ket = cursor;
              if (among_var === 1) {
                v_4 = cursor;
                lab4: {
                  if (!eq_s("ּ")) {
                    break lab4;
                  }
                  break lab3;
                }
                cursor = v_4;
                if (!slice_from("װ")) {
                  return false;
                }
              } else {
                if (among_var === 2) {
                  v_5 = cursor;
                  lab5: {
                    if (!eq_s("ִ")) {
                      break lab5;
                    }
                    break lab3;
                  }
                  cursor = v_5;
                  if (!slice_from("ױ")) {
                    return false;
                  }
                } else {
                  if (among_var === 3) {
                    v_6 = cursor;
                    lab6: {
                      if (!eq_s("ִ")) {
                        break lab6;
                      }
                      break lab3;
                    }
                    cursor = v_6;
                    if (!slice_from("ײ")) {
                      return false;
                    }
                  } else {
                    if (among_var === 4) {
                      if (!slice_from("כ")) {
                        return false;
                      }
                    } else {
                      if (among_var === 5) {
                        if (!slice_from("מ")) {
                          return false;
                        }
                      } else {
                        if (among_var === 6) {
                          if (!slice_from("נ")) {
                            return false;
                          }
                        } else {
                          if (among_var === 7) {
                            if (!slice_from("פ")) {
                              return false;
                            }
                          } else {
                            if (!slice_from("צ")) {
                              return false;
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
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
        continue;
      }
      cursor = v_2;
      break;
    }
  }
  cursor = v_1;
  v_7 = cursor;
  lab7: {
    while (true) {
      v_8 = cursor;
      lab8: {
        lab9: {
          while (true) {
            v_9 = cursor;
            lab10: {
              bra = cursor;
              if (!in_grouping(g_niked)) {
                break lab10;
              }
              ket = cursor;
              if (!slice_del()) {
                return false;
              }
              cursor = v_9;
              break lab9;
            }
            cursor = v_9;
            if (cursor >= limit) {
              break lab8;
            }
            cursor += 1;
          }
        }
        continue;
      }
      cursor = v_8;
      break;
    }
  }
  cursor = v_7;
  return true;
}
function r_mark_regions() {
  let c, v_1, v_10, v_11, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  I_p1 = limit;
  v_1 = cursor;
  lab0: {
    bra = cursor;
    if (!eq_s("גע")) {
      cursor = v_1;
      break lab0;
    }
    ket = cursor;
    v_2 = cursor;
    lab1: {
      lab2: {
        v_3 = cursor;
        lab3: {
          if (!eq_s("לט")) {
            break lab3;
          }
          break lab2;
        }
        cursor = v_3;
        lab4: {
          if (!eq_s("בנ")) {
            break lab4;
          }
          break lab2;
        }
        cursor = v_3;
        if (cursor < limit) {
          break lab1;
        }
      }
      cursor = v_1;
      break lab0;
    }
    cursor = v_2;
    if (!slice_from("GE")) {
      return false;
    }
  }
  v_4 = cursor;
  lab5: {
    if (find_among(a_1) === 0) {
      cursor = v_4;
      break lab5;
    }
    lab6: {
      v_5 = cursor;
      lab7: {
        v_6 = cursor;
        lab8: {
          v_7 = cursor;
          lab9: {
            if (!eq_s("צוגנ")) {
              break lab9;
            }
            break lab8;
          }
          cursor = v_7;
          lab10: {
            if (!eq_s("צוקט")) {
              break lab10;
            }
            break lab8;
          }
          cursor = v_7;
          if (!eq_s("צוקנ")) {
            break lab7;
          }
        }
        if (cursor < limit) {
          break lab7;
        }
        cursor = v_6;
        break lab6;
      }
      cursor = v_5;
      lab11: {
        v_8 = cursor;
        if (!eq_s("געבנ")) {
          break lab11;
        }
        cursor = v_8;
        break lab6;
      }
      cursor = v_5;
      lab12: {
        bra = cursor;
        if (!eq_s("גע")) {
          break lab12;
        }
        ket = cursor;
        if (!slice_from("GE")) {
          return false;
        }
        break lab6;
      }
      cursor = v_5;
      bra = cursor;
      if (!eq_s("צו")) {
        cursor = v_4;
        break lab5;
      }
      ket = cursor;
      if (!slice_from("TSU")) {
        return false;
      }
    }
  }
  v_9 = cursor;
  c = (cursor + 3);
  if (c > limit) {
    return false;
  }
  cursor = c;
  I_x = cursor;
  cursor = v_9;
  v_10 = cursor;
  lab13: {
    if (find_among(a_2) === 0) {
      cursor = v_10;
      break lab13;
    }
  }
  v_11 = cursor;
  lab14: {
    if (!in_grouping(g_consonant)) {
      break lab14;
    }
    if (!in_grouping(g_consonant)) {
      break lab14;
    }
    if (!in_grouping(g_consonant)) {
      break lab14;
    }
    I_p1 = cursor;
    return false;
  }
  cursor = v_11;
  if (!go_out_grouping(g_vowel)) {
    return false;
  }
  cursor += 1;
  if (!go_in_grouping(g_vowel)) {
    return false;
  }
  I_p1 = cursor;
  lab15: {
    if (I_p1 >= I_x) {
      break lab15;
    }
    I_p1 = I_x;
  }
  return true;
}
function r_R1() {
  return I_p1 <= cursor;
}
function r_R1plus3() {
  return I_p1 <= (cursor + 3);
}
function r_standard_suffix() {
  let among_var, v_1, v_10, v_11, v_12, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  v_1 = (limit - cursor);
  lab0: {
    ket = cursor;
    among_var = find_among_b(a_4);
    if (among_var === 0) {
      break lab0;
    }
    bra = cursor;
    if (among_var === 1) {
      if (!r_R1()) {
        break lab0;
      }
      if (!slice_del()) {
        return false;
      }
    } else {
      if (among_var === 2) {
        if (!r_R1()) {
          break lab0;
        }
        if (!slice_from("יע")) {
          return false;
        }
      } else {
        if (among_var === 3) {
          if (!r_R1()) {
            break lab0;
          }
          if (!slice_del()) {
            return false;
          }
          ket = cursor;
          among_var = find_among_b(a_3);
          if (among_var === 0) {
            break lab0;
          }
          bra = cursor;
          if (among_var === 1) {
            if (!slice_from("גײ")) {
              return false;
            }
          } else {
            if (among_var === 2) {
              if (!slice_from("נעמ")) {
                return false;
              }
            } else {
              if (among_var === 3) {
                if (!slice_from("מײד")) {
                  return false;
                }
              } else {
                if (among_var === 4) {
                  if (!slice_from("בײט")) {
                    return false;
                  }
                } else {
                  if (among_var === 5) {
                    if (!slice_from("בײס")) {
                      return false;
                    }
                  } else {
                    if (among_var === 6) {
                      if (!slice_from("װײז")) {
                        return false;
                      }
                    } else {
                      if (among_var === 7) {
                        if (!slice_from("טרײב")) {
                          return false;
                        }
                      } else {
                        if (among_var === 8) {
                          if (!slice_from("לײט")) {
                            return false;
                          }
                        } else {
                          if (among_var === 9) {
                            if (!slice_from("קלײב")) {
                              return false;
                            }
                          } else {
                            if (among_var === 10) {
                              if (!slice_from("רײב")) {
                                return false;
                              }
                            } else {
                              if (among_var === 11) {
                                if (!slice_from("רײס")) {
                                  return false;
                                }
                              } else {
                                if (among_var === 12) {
                                  if (!slice_from("שװײג")) {
                                    return false;
                                  }
                                } else {
                                  if (among_var === 13) {
                                    if (!slice_from("שמײס")) {
                                      return false;
                                    }
                                  } else {
                                    if (among_var === 14) {
                                      if (!slice_from("שנײד")) {
                                        return false;
                                      }
                                    } else {
                                      if (among_var === 15) {
                                        if (!slice_from("שרײב")) {
                                          return false;
                                        }
                                      } else {
                                        if (among_var === 16) {
                                          if (!slice_from("בינד")) {
                                            return false;
                                          }
                                        } else {
                                          if (among_var === 17) {
                                            if (!slice_from("װיטש")) {
                                              return false;
                                            }
                                          } else {
                                            if (among_var === 18) {
                                              if (!slice_from("זינג")) {
                                                return false;
                                              }
                                            } else {
                                              if (among_var === 19) {
                                                if (!slice_from("טרינק")) {
                                                  return false;
                                                }
                                              } else {
                                                if (among_var === 20) {
                                                  if (!slice_from("צװינג")) {
                                                    return false;
                                                  }
                                                } else {
                                                  if (among_var === 21) {
                                                    if (!slice_from("שלינג")) {
                                                      return false;
                                                    }
                                                  } else {
                                                    if (among_var === 22) {
                                                      if (!slice_from("בײג")) {
                                                        return false;
                                                      }
                                                    } else {
                                                      if (among_var === 23) {
                                                        if (!slice_from("הײב")) {
                                                          return false;
                                                        }
                                                      } else {
                                                        if (among_var === 24) {
                                                          if (!slice_from("פארליר")) {
                                                            return false;
                                                          }
                                                        } else {
                                                          if (among_var === 25) {
                                                            if (!slice_from("שטײ")) {
                                                              return false;
                                                            }
                                                          } else {
                                                            if (!slice_from("שװער")) {
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
        } else {
          if (among_var === 4) {
            lab1: {
              v_2 = (limit - cursor);
              lab2: {
                if (!r_R1()) {
                  break lab2;
                }
                if (!slice_del()) {
                  return false;
                }
                break lab1;
              }
              cursor = (limit - v_2);
              if (!slice_from("ט")) {
                return false;
              }
            }
            ket = cursor;
            if (!eq_s_b("בראכ")) {
              break lab0;
            }
            v_3 = (limit - cursor);
            lab3: {
              if (!eq_s_b("גע")) {
                cursor = (limit - v_3);
                break lab3;
              }
            }
            bra = cursor;
            if (!slice_from("ברענג")) {
              return false;
            }
          } else {
            if (among_var === 5) {
              if (!slice_from("גײ")) {
                return false;
              }
            } else {
              if (among_var === 6) {
                if (!slice_from("נעמ")) {
                  return false;
                }
              } else {
                if (among_var === 7) {
                  if (!slice_from("שרײב")) {
                    return false;
                  }
                } else {
                  if (among_var === 8) {
                    if (!slice_from("מײד")) {
                      return false;
                    }
                  } else {
                    if (among_var === 9) {
                      if (!slice_from("בײט")) {
                        return false;
                      }
                    } else {
                      if (among_var === 10) {
                        if (!slice_from("בײס")) {
                          return false;
                        }
                      } else {
                        if (among_var === 11) {
                          if (!slice_from("װײז")) {
                            return false;
                          }
                        } else {
                          if (among_var === 12) {
                            if (!slice_from("טרײב")) {
                              return false;
                            }
                          } else {
                            if (among_var === 13) {
                              if (!slice_from("לײט")) {
                                return false;
                              }
                            } else {
                              if (among_var === 14) {
                                if (!slice_from("קלײב")) {
                                  return false;
                                }
                              } else {
                                if (among_var === 15) {
                                  if (!slice_from("רײב")) {
                                    return false;
                                  }
                                } else {
                                  if (among_var === 16) {
                                    if (!slice_from("רײס")) {
                                      return false;
                                    }
                                  } else {
                                    if (among_var === 17) {
                                      if (!slice_from("שװײג")) {
                                        return false;
                                      }
                                    } else {
                                      if (among_var === 18) {
                                        if (!slice_from("שמײס")) {
                                          return false;
                                        }
                                      } else {
                                        if (among_var === 19) {
                                          if (!slice_from("שנײד")) {
                                            return false;
                                          }
                                        } else {
                                          if (among_var === 20) {
                                            if (!slice_from("בינד")) {
                                              return false;
                                            }
                                          } else {
                                            if (among_var === 21) {
                                              if (!slice_from("װיטש")) {
                                                return false;
                                              }
                                            } else {
                                              if (among_var === 22) {
                                                if (!slice_from("זינג")) {
                                                  return false;
                                                }
                                              } else {
                                                if (among_var === 23) {
                                                  if (!slice_from("טרינק")) {
                                                    return false;
                                                  }
                                                } else {
                                                  if (among_var === 24) {
                                                    if (!slice_from("צװינג")) {
                                                      return false;
                                                    }
                                                  } else {
                                                    if (among_var === 25) {
                                                      if (!slice_from("שלינג")) {
                                                        return false;
                                                      }
                                                    } else {
                                                      if (among_var === 26) {
                                                        if (!slice_from("בײג")) {
                                                          return false;
                                                        }
                                                      } else {
                                                        if (among_var === 27) {
                                                          if (!slice_from("הײב")) {
                                                            return false;
                                                          }
                                                        } else {
                                                          if (among_var === 28) {
                                                            if (!slice_from("פארליר")) {
                                                              return false;
                                                            }
                                                          } else {
                                                            if (among_var === 29) {
                                                              if (!slice_from("שטײ")) {
                                                                return false;
                                                              }
                                                            } else {
                                                              if (among_var === 30) {
                                                                if (!slice_from("שװער")) {
                                                                  return false;
                                                                }
                                                              } else {
                                                                if (among_var === 31) {
                                                                  if (!slice_from("ברענג")) {
                                                                    return false;
                                                                  }
                                                                } else {
                                                                  if (among_var === 32) {
                                                                    if (!r_R1()) {
                                                                      break lab0;
                                                                    }
                                                                    if (!slice_from("ה")) {
                                                                      return false;
                                                                    }
                                                                  } else {
                                                                    if (among_var === 33) {
                                                                      lab4: {
                                                                        v_4 = (limit - cursor);
                                                                        lab5: {
                                                                          lab6: {
                                                                            v_5 = (limit - cursor);
                                                                            lab7: {
                                                                              if (!eq_s_b("ג")) {
                                                                                break lab7;
                                                                              }
                                                                              break lab6;
                                                                            }
                                                                            cursor = (limit - v_5);
                                                                            if (!eq_s_b("ש")) {
                                                                              break lab5;
                                                                            }
                                                                          }
                                                                          v_6 = (limit - cursor);
                                                                          lab8: {
                                                                            if (!r_R1plus3()) {
                                                                              cursor = (limit - v_6);
                                                                              break lab8;
                                                                            }
                                                                            if (!slice_from("יס")) {
                                                                              return false;
                                                                            }
                                                                          }
                                                                          break lab4;
                                                                        }
                                                                        cursor = (limit - v_4);
                                                                        if (!r_R1()) {
                                                                          break lab0;
                                                                        }
                                                                        if (!slice_del()) {
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
  cursor = (limit - v_1);
  v_7 = (limit - cursor);
  lab9: {
    ket = cursor;
    among_var = find_among_b(a_5);
    if (among_var === 0) {
      break lab9;
    }
    bra = cursor;
    if (among_var === 1) {
      if (!r_R1()) {
        break lab9;
      }
      if (!slice_del()) {
        return false;
      }
    } else {
      if (!r_R1()) {
        break lab9;
      }
      if (!in_grouping_b(g_consonant)) {
        break lab9;
      }
      if (!slice_del()) {
        return false;
      }
    }
  }
  cursor = (limit - v_7);
  v_8 = (limit - cursor);
  lab10: {
    ket = cursor;
    among_var = find_among_b(a_6);
    if (among_var === 0) {
      break lab10;
    }
    bra = cursor;
    if (among_var === 1) {
      if (!r_R1()) {
        break lab10;
      }
      if (!slice_del()) {
        return false;
      }
    }
  }
  cursor = (limit - v_8);
  v_9 = (limit - cursor);
  lab11: {
    while (true) {
      v_10 = (limit - cursor);
      lab12: {
        lab13: {
          while (true) {
            v_11 = (limit - cursor);
            lab14: {
              ket = cursor;
              lab15: {
                v_12 = (limit - cursor);
                lab16: {
                  if (!eq_s_b("GE")) {
                    break lab16;
                  }
                  break lab15;
                }
                cursor = (limit - v_12);
                if (!eq_s_b("TSU")) {
                  break lab14;
                }
              }
              bra = cursor;
              if (!slice_del()) {
                return false;
              }
              cursor = (limit - v_11);
              break lab13;
            }
            cursor = (limit - v_11);
            if (cursor <= limit_backward) {
              break lab12;
            }
            cursor -= 1;
          }
        }
        continue;
      }
      cursor = (limit - v_10);
      break;
    }
  }
  cursor = (limit - v_9);
  return true;
}
function stem() {
  let v_2;
  r_prelude();
  v_2 = cursor;
  r_mark_regions();
  cursor = v_2;
  limit_backward = cursor;
  cursor = limit;
  r_standard_suffix();
  cursor = limit_backward;
  return true;
}
export const yiddish = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
