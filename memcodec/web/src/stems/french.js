// Snowball's french: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiouyâàëéêèïîôûù";
const g_oux_ending = "bhjlnp";
const g_elision_char = "cdjlmnst";
const g_keep_with_s = "aiouès";
let I_p2 = 0;
let I_p1 = 0;
let I_pV = 0;
const a_0 = among("col,-1,ni,1,par,-1,tap,-1");
const a_1 = among(",7,H,6,He,4,Hi,5,I,1,U,2,Y,3");
const a_2 = among("iqU,3,abl,3,Ièr,4,ièr,4,eus,2,iv,1");
const a_3 = among("ic,2,abil,1,iv,3");
const a_4 = among("iqUe,1,atrice,2,ance,1,ence,5,logie,3,able,1,isme,1,euse,12,iste,1,ive,8,if,8,usion,4,ation,2,ution,4,ateur,2,iqUes,1,atrices,2,ances,1,ences,5,logies,3,ables,1,ismes,1,euses,12,istes,1,ives,8,ifs,8,usions,4,ations,2,utions,4,ateurs,2,ments,16,ements,6,issements,13,ités,7,ment,16,ement,6,issement,13,amment,14,emment,15,aux,10,eaux,9,eux,1,oux,11,ité,7");
const a_5 = among("ira,1,ie,1,isse,1,issante,1,i,1,irai,1,ir,1,iras,1,ies,1,îmes,1,isses,1,issantes,1,îtes,1,is,1,irais,1,issais,1,irions,1,issions,1,irons,1,issons,1,issants,1,it,1,irait,1,issait,1,issant,1,iraIent,1,issaIent,1,irent,1,issent,1,iront,1,ît,1,iriez,1,issiez,1,irez,1,issez,1");
const a_6 = among("al,1,épl,-1,auv,-1");
const a_7 = among("a,3,era,2,aise,4,asse,3,ante,3,ée,2,ai,3,erai,2,er,2,as,3,eras,2,âmes,3,aises,4,asses,3,antes,3,âtes,3,ées,2,ais,4,eais,2,erais,2,ions,1,erions,2,assions,3,erons,2,ants,3,és,2,ait,3,erait,2,ant,3,aIent,3,eraIent,2,èrent,2,assent,3,eront,2,ât,3,ez,2,iez,2,eriez,2,assiez,3,erez,2,é,2");
const a_8 = among("e,3,Ière,2,ière,2,ion,1,Ier,2,ier,2");
const a_9 = among("ell,-1,eill,-1,enn,-1,onn,-1,ett,-1");
function r_elisions() {
  let v_1;
  bra = cursor;
  lab0: {
    v_1 = cursor;
    lab1: {
      if (!in_grouping(g_elision_char)) {
        break lab1;
      }
      break lab0;
    }
    cursor = v_1;
    if (!eq_s("qu")) {
      return false;
    }
  }
  if (!eq_s("'")) {
    return false;
  }
  ket = cursor;
  lab2: {
    if (cursor < limit) {
      break lab2;
    }
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_prelude() {
  let v_1, v_2, v_3, v_4;
  while (true) {
    v_1 = cursor;
    lab0: {
      lab1: {
        while (true) {
          v_2 = cursor;
          lab2: {
            lab3: {
              v_3 = cursor;
              lab4: {
                if (!in_grouping(g_v)) {
                  break lab4;
                }
                bra = cursor;
                lab5: {
                  v_4 = cursor;
                  lab6: {
                    if (!eq_s("u")) {
                      break lab6;
                    }
                    ket = cursor;
                    if (!in_grouping(g_v)) {
                      break lab6;
                    }
                    if (!slice_from("U")) {
                      return false;
                    }
                    break lab5;
                  }
                  cursor = v_4;
                  lab7: {
                    if (!eq_s("i")) {
                      break lab7;
                    }
                    ket = cursor;
                    if (!in_grouping(g_v)) {
                      break lab7;
                    }
                    if (!slice_from("I")) {
                      return false;
                    }
                    break lab5;
                  }
                  cursor = v_4;
                  if (!eq_s("y")) {
                    break lab4;
                  }
                  ket = cursor;
                  if (!slice_from("Y")) {
                    return false;
                  }
                }
                break lab3;
              }
              cursor = v_3;
              lab8: {
                bra = cursor;
                if (!eq_s("ë")) {
                  break lab8;
                }
                ket = cursor;
                if (!slice_from("He")) {
                  return false;
                }
                break lab3;
              }
              cursor = v_3;
              lab9: {
                bra = cursor;
                if (!eq_s("ï")) {
                  break lab9;
                }
                ket = cursor;
                if (!slice_from("Hi")) {
                  return false;
                }
                break lab3;
              }
              cursor = v_3;
              lab10: {
                bra = cursor;
                if (!eq_s("y")) {
                  break lab10;
                }
                ket = cursor;
                if (!in_grouping(g_v)) {
                  break lab10;
                }
                if (!slice_from("Y")) {
                  return false;
                }
                break lab3;
              }
              cursor = v_3;
              if (!eq_s("q")) {
                break lab2;
              }
              bra = cursor;
              if (!eq_s("u")) {
                break lab2;
              }
              ket = cursor;
              if (!slice_from("U")) {
                return false;
              }
            }
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
      continue;
    }
    cursor = v_1;
    break;
  }
  return true;
}
function r_mark_regions() {
  let among_var, v_1, v_2, v_3;
  I_pV = limit;
  I_p1 = limit;
  I_p2 = limit;
  v_1 = cursor;
  lab0: {
    lab1: {
      v_2 = cursor;
      lab2: {
        if (!in_grouping(g_v)) {
          break lab2;
        }
        if (!in_grouping(g_v)) {
          break lab2;
        }
        if (cursor >= limit) {
          break lab2;
        }
        cursor += 1;
        break lab1;
      }
      cursor = v_2;
      lab3: {
        among_var = find_among(a_0);
        if (among_var === 0) {
          break lab3;
        }
        if (among_var === 1) {
          if (!in_grouping(g_v)) {
            break lab3;
          }
        }
        break lab1;
      }
      cursor = v_2;
      if (cursor >= limit) {
        break lab0;
      }
      cursor += 1;
      if (!go_out_grouping(g_v)) {
        break lab0;
      }
      cursor += 1;
    }
    I_pV = cursor;
  }
  cursor = v_1;
  v_3 = cursor;
  lab4: {
    if (!go_out_grouping(g_v)) {
      break lab4;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab4;
    }
    cursor += 1;
    I_p1 = cursor;
    if (!go_out_grouping(g_v)) {
      break lab4;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab4;
    }
    cursor += 1;
    I_p2 = cursor;
  }
  cursor = v_3;
  return true;
}
function r_postlude() {
  let among_var, v_1;
  while (true) {
    v_1 = cursor;
    lab0: {
      bra = cursor;
      among_var = find_among(a_1);
      ket = cursor;
      if (among_var === 1) {
        if (!slice_from("i")) {
          return false;
        }
      } else {
        if (among_var === 2) {
          if (!slice_from("u")) {
            return false;
          }
        } else {
          if (among_var === 3) {
            if (!slice_from("y")) {
              return false;
            }
          } else {
            if (among_var === 4) {
              if (!slice_from("ë")) {
                return false;
              }
            } else {
              if (among_var === 5) {
                if (!slice_from("ï")) {
                  return false;
                }
              } else {
                if (among_var === 6) {
                  if (!slice_del()) {
                    return false;
                  }
                } else {
                  if (cursor >= limit) {
                    break lab0;
                  }
                  cursor += 1;
                }
              }
            }
          }
        }
      }
      continue;
    }
    cursor = v_1;
    break;
  }
  return true;
}
function r_RV() {
  return I_pV <= cursor;
}
function r_R1() {
  return I_p1 <= cursor;
}
function r_R2() {
  return I_p2 <= cursor;
}
function r_standard_suffix() {
  let among_var, v_1, v_10, v_11, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  ket = cursor;
  among_var = find_among_b(a_4);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!r_R2()) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!r_R2()) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
      v_1 = (limit - cursor);
      lab0: {
        ket = cursor;
        if (!eq_s_b("ic")) {
          cursor = (limit - v_1);
          break lab0;
        }
        bra = cursor;
        lab1: {
          v_2 = (limit - cursor);
          lab2: {
            if (!r_R2()) {
              break lab2;
            }
            if (!slice_del()) {
              return false;
            }
            break lab1;
          }
          cursor = (limit - v_2);
          if (!slice_from("iqU")) {
            return false;
          }
        }
      }
    } else {
      if (among_var === 3) {
        if (!r_R2()) {
          return false;
        }
        if (!slice_from("log")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!r_R2()) {
            return false;
          }
          if (!slice_from("u")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!r_R2()) {
              return false;
            }
            if (!slice_from("ent")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!r_RV()) {
                return false;
              }
              if (!slice_del()) {
                return false;
              }
              v_3 = (limit - cursor);
              lab3: {
                ket = cursor;
                among_var = find_among_b(a_2);
                if (among_var === 0) {
                  cursor = (limit - v_3);
                  break lab3;
                }
                bra = cursor;
                if (among_var === 1) {
                  if (!r_R2()) {
                    cursor = (limit - v_3);
                    break lab3;
                  }
                  if (!slice_del()) {
                    return false;
                  }
                  ket = cursor;
                  if (!eq_s_b("at")) {
                    cursor = (limit - v_3);
                    break lab3;
                  }
                  bra = cursor;
                  if (!r_R2()) {
                    cursor = (limit - v_3);
                    break lab3;
                  }
                  if (!slice_del()) {
                    return false;
                  }
                } else {
                  if (among_var === 2) {
                    lab4: {
                      v_4 = (limit - cursor);
                      lab5: {
                        if (!r_R2()) {
                          break lab5;
                        }
                        if (!slice_del()) {
                          return false;
                        }
                        break lab4;
                      }
                      cursor = (limit - v_4);
                      if (!r_R1()) {
                        cursor = (limit - v_3);
                        break lab3;
                      }
                      if (!slice_from("eux")) {
                        return false;
                      }
                    }
                  } else {
                    if (among_var === 3) {
                      if (!r_R2()) {
                        cursor = (limit - v_3);
                        break lab3;
                      }
                      if (!slice_del()) {
                        return false;
                      }
                    } else {
                      if (!r_RV()) {
                        cursor = (limit - v_3);
                        break lab3;
                      }
                      if (!slice_from("i")) {
                        return false;
                      }
                    }
                  }
                }
              }
            } else {
              if (among_var === 7) {
                if (!r_R2()) {
                  return false;
                }
                if (!slice_del()) {
                  return false;
                }
                v_5 = (limit - cursor);
                lab6: {
                  ket = cursor;
                  among_var = find_among_b(a_3);
                  if (among_var === 0) {
                    cursor = (limit - v_5);
                    break lab6;
                  }
                  bra = cursor;
                  if (among_var === 1) {
                    lab7: {
                      v_6 = (limit - cursor);
                      lab8: {
                        if (!r_R2()) {
                          break lab8;
                        }
                        if (!slice_del()) {
                          return false;
                        }
                        break lab7;
                      }
                      cursor = (limit - v_6);
                      if (!slice_from("abl")) {
                        return false;
                      }
                    }
                  } else {
                    if (among_var === 2) {
                      lab9: {
                        v_7 = (limit - cursor);
                        lab10: {
                          if (!r_R2()) {
                            break lab10;
                          }
                          if (!slice_del()) {
                            return false;
                          }
                          break lab9;
                        }
                        cursor = (limit - v_7);
                        if (!slice_from("iqU")) {
                          return false;
                        }
                      }
                    } else {
                      if (!r_R2()) {
                        cursor = (limit - v_5);
                        break lab6;
                      }
                      if (!slice_del()) {
                        return false;
                      }
                    }
                  }
                }
              } else {
                if (among_var === 8) {
                  if (!r_R2()) {
                    return false;
                  }
                  if (!slice_del()) {
                    return false;
                  }
                  v_8 = (limit - cursor);
                  lab11: {
                    ket = cursor;
                    if (!eq_s_b("at")) {
                      cursor = (limit - v_8);
                      break lab11;
                    }
                    bra = cursor;
                    if (!r_R2()) {
                      cursor = (limit - v_8);
                      break lab11;
                    }
                    if (!slice_del()) {
                      return false;
                    }
                    ket = cursor;
                    if (!eq_s_b("ic")) {
                      cursor = (limit - v_8);
                      break lab11;
                    }
                    bra = cursor;
                    lab12: {
                      v_9 = (limit - cursor);
                      lab13: {
                        if (!r_R2()) {
                          break lab13;
                        }
                        if (!slice_del()) {
                          return false;
                        }
                        break lab12;
                      }
                      cursor = (limit - v_9);
                      if (!slice_from("iqU")) {
                        return false;
                      }
                    }
                  }
                } else {
                  if (among_var === 9) {
                    if (!slice_from("eau")) {
                      return false;
                    }
                  } else {
                    if (among_var === 10) {
                      if (!r_R1()) {
                        return false;
                      }
                      if (!slice_from("al")) {
                        return false;
                      }
                    } else {
                      if (among_var === 11) {
                        if (!in_grouping_b(g_oux_ending)) {
                          return false;
                        }
                        if (!slice_from("ou")) {
                          return false;
                        }
                      } else {
                        if (among_var === 12) {
                          lab14: {
                            v_10 = (limit - cursor);
                            lab15: {
                              if (!r_R2()) {
                                break lab15;
                              }
                              if (!slice_del()) {
                                return false;
                              }
                              break lab14;
                            }
                            cursor = (limit - v_10);
                            if (!r_R1()) {
                              return false;
                            }
                            if (!slice_from("eux")) {
                              return false;
                            }
                          }
                        } else {
                          if (among_var === 13) {
                            if (!r_R1()) {
                              return false;
                            }
                            if (!out_grouping_b(g_v)) {
                              return false;
                            }
                            if (!slice_del()) {
                              return false;
                            }
                          } else {
                            if (among_var === 14) {
                              if (!r_RV()) {
                                return false;
                              }
                              if (!slice_from("ant")) {
                                return false;
                              }
                              return false;
                            } else {
                              if (among_var === 15) {
                                if (!r_RV()) {
                                  return false;
                                }
                                if (!slice_from("ent")) {
                                  return false;
                                }
                                return false;
                              } else {
                                v_11 = (limit - cursor);
                                if (!in_grouping_b(g_v)) {
                                  return false;
                                }
                                if (!r_RV()) {
                                  return false;
                                }
                                cursor = (limit - v_11);
                                if (!slice_del()) {
                                  return false;
                                }
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
  return true;
}
function r_i_verb_suffix() {
  let v_2, v_3;
  if (cursor < I_pV) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_pV;
  ket = cursor;
  if (find_among_b(a_5) === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  v_3 = (limit - cursor);
  lab0: {
    if (!eq_s_b("H")) {
      break lab0;
    }
    limit_backward = v_2;
    return false;
  }
  cursor = (limit - v_3);
  if (!out_grouping_b(g_v)) {
    limit_backward = v_2;
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  limit_backward = v_2;
  return true;
}
function r_verb_suffix() {
  let among_var, v_2, v_3, v_4;
  if (cursor < I_pV) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_pV;
  ket = cursor;
  among_var = find_among_b(a_7);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (among_var === 1) {
    if (!r_R2()) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_del()) {
        return false;
      }
    } else {
      if (among_var === 3) {
        v_3 = (limit - cursor);
        lab0: {
          if (!eq_s_b("e")) {
            cursor = (limit - v_3);
            break lab0;
          }
          if (!r_RV()) {
            cursor = (limit - v_3);
            break lab0;
          }
          bra = cursor;
        }
        if (!slice_del()) {
          return false;
        }
      } else {
        v_4 = (limit - cursor);
        lab1: {
          among_var = find_among_b(a_6);
          if (among_var === 0) {
            break lab1;
          }
          if (among_var === 1) {
            if (cursor <= limit_backward) {
              break lab1;
            }
            cursor -= 1;
            if (cursor > limit_backward) {
              break lab1;
            }
          }
          return false;
        }
        cursor = (limit - v_4);
        if (!slice_del()) {
          return false;
        }
      }
    }
  }
  return true;
}
function r_residual_suffix() {
  let among_var, v_1, v_2, v_3, v_5, v_6;
  v_1 = (limit - cursor);
  lab0: {
    ket = cursor;
    if (!eq_s_b("s")) {
      cursor = (limit - v_1);
      break lab0;
    }
    bra = cursor;
    v_2 = (limit - cursor);
    lab1: {
      v_3 = (limit - cursor);
      lab2: {
        if (!eq_s_b("Hi")) {
          break lab2;
        }
        break lab1;
      }
      cursor = (limit - v_3);
      if (!out_grouping_b(g_keep_with_s)) {
        cursor = (limit - v_1);
        break lab0;
      }
    }
    cursor = (limit - v_2);
    if (!slice_del()) {
      return false;
    }
  }
  if (cursor < I_pV) {
    return false;
  }
  v_5 = limit_backward;
  limit_backward = I_pV;
  ket = cursor;
  among_var = find_among_b(a_8);
  if (among_var === 0) {
    limit_backward = v_5;
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!r_R2()) {
      limit_backward = v_5;
      return false;
    }
    lab3: {
      v_6 = (limit - cursor);
      lab4: {
        if (!eq_s_b("s")) {
          break lab4;
        }
        break lab3;
      }
      cursor = (limit - v_6);
      if (!eq_s_b("t")) {
        limit_backward = v_5;
        return false;
      }
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("i")) {
        return false;
      }
    } else {
      if (!slice_del()) {
        return false;
      }
    }
  }
  limit_backward = v_5;
  return true;
}
function r_un_double() {
  let v_1;
  v_1 = (limit - cursor);
  if (find_among_b(a_9) === 0) {
    return false;
  }
  cursor = (limit - v_1);
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
function r_un_accent() {
  let v_1, v_3;
  v_1 = 1;
  while (true) {
    lab0: {
      if (!out_grouping_b(g_v)) {
        break lab0;
      }
      v_1 -= 1;
      continue;
    }
    break;
  }
  if (v_1 > 0) {
    return false;
  }
  ket = cursor;
  lab1: {
    v_3 = (limit - cursor);
    lab2: {
      if (!eq_s_b("é")) {
        break lab2;
      }
      break lab1;
    }
    cursor = (limit - v_3);
    if (!eq_s_b("è")) {
      return false;
    }
  }
  bra = cursor;
  if (!slice_from("e")) {
    return false;
  }
  return true;
}
function stem() {
  let v_1, v_10, v_11, v_12, v_2, v_4, v_5, v_6, v_7, v_8, v_9;
  v_1 = cursor;
  r_elisions();
  cursor = v_1;
  v_2 = cursor;
  r_prelude();
  cursor = v_2;
  r_mark_regions();
  limit_backward = cursor;
  cursor = limit;
  v_4 = (limit - cursor);
  lab0: {
    lab1: {
      v_5 = (limit - cursor);
      lab2: {
        v_6 = (limit - cursor);
        lab3: {
          v_7 = (limit - cursor);
          lab4: {
            if (!r_standard_suffix()) {
              break lab4;
            }
            break lab3;
          }
          cursor = (limit - v_7);
          lab5: {
            if (!r_i_verb_suffix()) {
              break lab5;
            }
            break lab3;
          }
          cursor = (limit - v_7);
          if (!r_verb_suffix()) {
            break lab2;
          }
        }
        cursor = (limit - v_6);
        v_8 = (limit - cursor);
        lab6: {
          ket = cursor;
          lab7: {
            v_9 = (limit - cursor);
            lab8: {
              if (!eq_s_b("Y")) {
                break lab8;
              }
              bra = cursor;
              if (!slice_from("i")) {
                return false;
              }
              break lab7;
            }
            cursor = (limit - v_9);
            if (!eq_s_b("ç")) {
              cursor = (limit - v_8);
              break lab6;
            }
            bra = cursor;
            if (!slice_from("c")) {
              return false;
            }
          }
        }
        break lab1;
      }
      cursor = (limit - v_5);
      if (!r_residual_suffix()) {
        break lab0;
      }
    }
  }
  cursor = (limit - v_4);
  v_10 = (limit - cursor);
  r_un_double();
  cursor = (limit - v_10);
  v_11 = (limit - cursor);
  r_un_accent();
  cursor = (limit - v_11);
  cursor = limit_backward;
  v_12 = cursor;
  r_postlude();
  cursor = v_12;
  return true;
}
export const french = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
