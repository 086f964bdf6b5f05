// Snowball's estonian: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_V1 = "aeiouõäöü";
const g_RV = "aeiuo";
const g_KI = "kptgbdshfšzž";
const g_GI = "cjlmnqrvwxaeiouõäöü";
let I_p1 = 0;
const a_0 = among("gi,1,ki,2");
const a_1 = among("da,3,mata,1,b,3,ksid,1,nuksid,1,me,3,sime,1,ksime,1,nuksime,1,akse,2,dakse,1,takse,1,site,1,ksite,1,nuksite,1,n,3,sin,1,ksin,1,nuksin,1,daks,1,taks,1");
const a_2 = among("aa,-1,ee,-1,ii,-1,oo,-1,uu,-1,ää,-1,õõ,-1,öö,-1,üü,-1");
const a_3 = among("i,1");
const a_4 = among("lane,1,line,3,mine,2,lasse,1,lisse,3,misse,2,lasi,1,lisi,3,misi,2,last,1,list,3,mist,2");
const a_5 = among("ga,1,ta,1,le,1,sse,1,l,1,s,1,ks,1,t,2,lt,1,st,1");
const a_6 = among(",2,las,1,lis,1,mis,1,t,-1");
const a_7 = among("d,4,sid,2,de,4,ikkude,1,ike,1,ikke,1,te,3");
const a_8 = among("va,-1,du,-1,nu,-1,tu,-1");
const a_9 = among("kk,1,pp,2,tt,3");
const a_10 = among("ma,2,mai,1,m,1");
const a_11 = among("joob,1,jood,1,joodakse,1,jooma,1,joomata,1,joome,1,joon,1,joote,1,joovad,1,juua,1,juuakse,1,jäi,12,jäid,12,jäime,12,jäin,12,jäite,12,jääb,12,jääd,12,jääda,12,jäädakse,12,jäädi,12,jääks,12,jääksid,12,jääksime,12,jääksin,12,jääksite,12,jääma,12,jäämata,12,jääme,12,jään,12,jääte,12,jäävad,12,jõi,1,jõid,1,jõime,1,jõin,1,jõite,1,keeb,4,keed,4,keedakse,4,keeks,4,keeksid,4,keeksime,4,keeksin,4,keeksite,4,keema,4,keemata,4,keeme,4,keen,4,kees,4,keeta,4,keete,4,keevad,4,käia,8,käiakse,8,käib,8,käid,8,käidi,8,käiks,8,käiksid,8,käiksime,8,käiksin,8,käiksite,8,käima,8,käimata,8,käime,8,käin,8,käis,8,käite,8,käivad,8,laob,16,laod,16,laoks,16,laoksid,16,laoksime,16,laoksin,16,laoksite,16,laome,16,laon,16,laote,16,laovad,16,loeb,14,loed,14,loeks,14,loeksid,14,loeksime,14,loeksin,14,loeksite,14,loeme,14,loen,14,loete,14,loevad,14,loob,7,lood,7,loodi,7,looks,7,looksid,7,looksime,7,looksin,7,looksite,7,looma,7,loomata,7,loome,7,loon,7,loote,7,loovad,7,luua,7,luuakse,7,lõi,6,lõid,6,lõime,6,lõin,6,lõite,6,lööb,5,lööd,5,löödakse,5,löödi,5,lööks,5,lööksid,5,lööksime,5,lööksin,5,lööksite,5,lööma,5,löömata,5,lööme,5,löön,5,lööte,5,löövad,5,lüüa,5,lüüakse,5,müüa,13,müüakse,13,müüb,13,müüd,13,müüdi,13,müüks,13,müüksid,13,müüksime,13,müüksin,13,müüksite,13,müüma,13,müümata,13,müüme,13,müün,13,müüs,13,müüte,13,müüvad,13,näeb,18,näed,18,näeks,18,näeksid,18,näeksime,18,näeksin,18,näeksite,18,näeme,18,näen,18,näete,18,näevad,18,nägema,18,nägemata,18,näha,18,nähakse,18,nähti,18,põeb,15,põed,15,põeks,15,põeksid,15,põeksime,15,põeksin,15,põeksite,15,põeme,15,põen,15,põete,15,põevad,15,saab,2,saad,2,saada,2,saadakse,2,saadi,2,saaks,2,saaksid,2,saaksime,2,saaksin,2,saaksite,2,saama,2,saamata,2,saame,2,saan,2,saate,2,saavad,2,sai,2,said,2,saime,2,sain,2,saite,2,sõi,9,sõid,9,sõime,9,sõin,9,sõite,9,sööb,9,sööd,9,söödakse,9,söödi,9,sööks,9,sööksid,9,sööksime,9,sööksin,9,sööksite,9,sööma,9,söömata,9,sööme,9,söön,9,sööte,9,söövad,9,süüa,9,süüakse,9,teeb,17,teed,17,teeks,17,teeksid,17,teeksime,17,teeksin,17,teeksite,17,teeme,17,teen,17,teete,17,teevad,17,tegema,17,tegemata,17,teha,17,tehakse,17,tehti,17,toob,10,tood,10,toodi,10,tooks,10,tooksid,10,tooksime,10,tooksin,10,tooksite,10,tooma,10,toomata,10,toome,10,toon,10,toote,10,toovad,10,tuua,10,tuuakse,10,tõi,10,tõid,10,tõime,10,tõin,10,tõite,10,viia,3,viiakse,3,viib,3,viid,3,viidi,3,viiks,3,viiksid,3,viiksime,3,viiksin,3,viiksite,3,viima,3,viimata,3,viime,3,viin,3,viisime,3,viisin,3,viisite,3,viite,3,viivad,3,võib,11,võid,11,võida,11,võidakse,11,võidi,11,võiks,11,võiksid,11,võiksime,11,võiksin,11,võiksite,11,võima,11,võimata,11,võime,11,võin,11,võis,11,võite,11,võivad,11");
function r_mark_regions() {
  I_p1 = limit;
  if (!go_out_grouping(g_V1)) {
    return false;
  }
  cursor += 1;
  if (!go_in_grouping(g_V1)) {
    return false;
  }
  cursor += 1;
  I_p1 = cursor;
  return true;
}
function r_emphasis() {
  let among_var, c, v_2, v_3, v_4, v_5;
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
  v_3 = (limit - cursor);
  c = (cursor - 4);
  if (c < limit_backward) {
    return false;
  }
  cursor = c;
  cursor = (limit - v_3);
  if (among_var === 1) {
    v_4 = (limit - cursor);
    if (!in_grouping_b(g_GI)) {
      return false;
    }
    cursor = (limit - v_4);
    v_5 = (limit - cursor);
    lab0: {
      if (!r_LONGV()) {
        break lab0;
      }
      return false;
    }
    cursor = (limit - v_5);
    if (!slice_del()) {
      return false;
    }
  } else {
    if (!in_grouping_b(g_KI)) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  }
  return true;
}
function r_verb() {
  let among_var, v_2;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  among_var = find_among_b(a_1);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
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
      if (!in_grouping_b(g_V1)) {
        return false;
      }
      if (!slice_del()) {
        return false;
      }
    }
  }
  return true;
}
function r_LONGV() {
  if (find_among_b(a_2) === 0) {
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
  if (find_among_b(a_3) === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (!in_grouping_b(g_RV)) {
    return false;
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_special_noun_endings() {
  let among_var, v_2;
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
    if (!slice_from("lase")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("mise")) {
        return false;
      }
    } else {
      if (!slice_from("lise")) {
        return false;
      }
    }
  }
  return true;
}
function r_case_ending() {
  let among_var, c, v_2, v_3, v_4;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  among_var = find_among_b(a_5);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (among_var === 1) {
    lab0: {
      v_3 = (limit - cursor);
      lab1: {
        if (!in_grouping_b(g_RV)) {
          break lab1;
        }
        break lab0;
      }
      cursor = (limit - v_3);
      if (!r_LONGV()) {
        return false;
      }
    }
  } else {
    v_4 = (limit - cursor);
    c = (cursor - 4);
    if (c < limit_backward) {
      return false;
    }
    cursor = c;
    cursor = (limit - v_4);
  }
  if (!slice_del()) {
    return false;
  }
  return true;
}
function r_plural_three_first_cases() {
  let among_var, c, v_2, v_3, v_4, v_5, v_6;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  among_var = find_among_b(a_7);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (among_var === 1) {
    if (!slice_from("iku")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      v_3 = (limit - cursor);
      lab0: {
        if (!r_LONGV()) {
          break lab0;
        }
        return false;
      }
      cursor = (limit - v_3);
      if (!slice_del()) {
        return false;
      }
    } else {
      if (among_var === 3) {
        lab1: {
          v_4 = (limit - cursor);
          lab2: {
            v_5 = (limit - cursor);
            c = (cursor - 4);
            if (c < limit_backward) {
              break lab2;
            }
            cursor = c;
            cursor = (limit - v_5);
            among_var = find_among_b(a_6);
            if (among_var === 1) {
              if (!slice_from("e")) {
                return false;
              }
            } else {
              if (among_var === 2) {
                if (!slice_del()) {
                  return false;
                }
              }
            }
            break lab1;
          }
          cursor = (limit - v_4);
          if (!slice_from("t")) {
            return false;
          }
        }
      } else {
        lab3: {
          v_6 = (limit - cursor);
          lab4: {
            if (!in_grouping_b(g_RV)) {
              break lab4;
            }
            break lab3;
          }
          cursor = (limit - v_6);
          if (!r_LONGV()) {
            return false;
          }
        }
        if (!slice_del()) {
          return false;
        }
      }
    }
  }
  return true;
}
function r_nu() {
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
function r_undouble_kpt() {
  let among_var;
  if (!in_grouping_b(g_V1)) {
    return false;
  }
  if (I_p1 > cursor) {
    return false;
  }
  ket = cursor;
  among_var = find_among_b(a_9);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!slice_from("k")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("p")) {
        return false;
      }
    } else {
      if (!slice_from("t")) {
        return false;
      }
    }
  }
  return true;
}
function r_degrees() {
  let among_var, v_2;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  among_var = find_among_b(a_10);
  if (among_var === 0) {
    limit_backward = v_2;
    return false;
  }
  bra = cursor;
  limit_backward = v_2;
  if (among_var === 1) {
    if (!in_grouping_b(g_RV)) {
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
  return true;
}
function r_substantive() {
  let v_1, v_2, v_3, v_4, v_5, v_6;
  v_1 = (limit - cursor);
  r_special_noun_endings();
  cursor = (limit - v_1);
  v_2 = (limit - cursor);
  r_case_ending();
  cursor = (limit - v_2);
  v_3 = (limit - cursor);
  r_plural_three_first_cases();
  cursor = (limit - v_3);
  v_4 = (limit - cursor);
  r_degrees();
  cursor = (limit - v_4);
  v_5 = (limit - cursor);
  r_i_plural();
  cursor = (limit - v_5);
  v_6 = (limit - cursor);
  r_nu();
  cursor = (limit - v_6);
  return true;
}
function r_verb_exceptions() {
  let among_var;
  bra = cursor;
  among_var = find_among(a_11);
  if (among_var === 0) {
    return false;
  }
  ket = cursor;
  if (cursor < limit) {
    return false;
  }
  if (among_var === 1) {
    if (!slice_from("joo")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("saa")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("viima")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!slice_from("keesi")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!slice_from("löö")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!slice_from("lõi")) {
                return false;
              }
            } else {
              if (among_var === 7) {
                if (!slice_from("loo")) {
                  return false;
                }
              } else {
                if (among_var === 8) {
                  if (!slice_from("käisi")) {
                    return false;
                  }
                } else {
                  if (among_var === 9) {
                    if (!slice_from("söö")) {
                      return false;
                    }
                  } else {
                    if (among_var === 10) {
                      if (!slice_from("too")) {
                        return false;
                      }
                    } else {
                      if (among_var === 11) {
                        if (!slice_from("võisi")) {
                          return false;
                        }
                      } else {
                        if (among_var === 12) {
                          if (!slice_from("jääma")) {
                            return false;
                          }
                        } else {
                          if (among_var === 13) {
                            if (!slice_from("müüsi")) {
                              return false;
                            }
                          } else {
                            if (among_var === 14) {
                              if (!slice_from("luge")) {
                                return false;
                              }
                            } else {
                              if (among_var === 15) {
                                if (!slice_from("põde")) {
                                  return false;
                                }
                              } else {
                                if (among_var === 16) {
                                  if (!slice_from("ladu")) {
                                    return false;
                                  }
                                } else {
                                  if (among_var === 17) {
                                    if (!slice_from("tegi")) {
                                      return false;
                                    }
                                  } else {
                                    if (!slice_from("nägi")) {
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
  return true;
}
function stem() {
  let v_1, v_2, v_3, v_4, v_5, v_6;
  v_1 = cursor;
  lab0: {
    if (!r_verb_exceptions()) {
      break lab0;
    }
    return false;
  }
  cursor = v_1;
  v_2 = cursor;
  r_mark_regions();
  cursor = v_2;
  limit_backward = cursor;
  cursor = limit;
  v_3 = (limit - cursor);
  r_emphasis();
  cursor = (limit - v_3);
  v_4 = (limit - cursor);
  lab1: {
    lab2: {
      v_5 = (limit - cursor);
      lab3: {
        if (!r_verb()) {
          break lab3;
        }
        break lab2;
      }
      cursor = (limit - v_5);
      r_substantive();
    }
  }
  cursor = (limit - v_4);
  v_6 = (limit - cursor);
  r_undouble_kpt();
  cursor = (limit - v_6);
  cursor = limit_backward;
  return true;
}
export const estonian = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
