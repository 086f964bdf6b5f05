// Snowball's basque: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiou";
let I_p2 = 0;
let I_p1 = 0;
let I_pV = 0;
const a_0 = among("idea,1,bidea,1,kidea,1,pidea,1,kundea,1,galea,1,tailea,1,tzailea,1,gunea,1,kunea,1,tzaga,1,gaia,1,aldia,1,taldia,1,karia,1,garria,2,karria,1,ka,1,tzaka,1,la,1,mena,1,pena,1,kina,1,ezina,1,tezina,1,kuna,1,tuna,1,kizuna,1,era,1,bera,1,arabera,-1,kera,1,pera,1,orra,1,korra,1,dura,1,gura,1,kura,1,tura,1,eta,1,keta,1,gailua,1,eza,1,erreza,1,tza,2,gaitza,1,kaitza,1,kuntza,1,ide,1,bide,1,kide,1,pide,1,kunde,1,tzake,1,tzeke,1,le,1,gale,1,taile,1,tzaile,1,gune,1,kune,1,tze,1,atze,1,gai,1,aldi,1,taldi,1,ki,1,ari,1,kari,1,lari,1,tari,1,etari,1,garri,2,karri,1,arazi,1,tarazi,1,an,1,ean,1,rean,1,kan,1,etan,1,atseden,-1,men,1,pen,1,kin,1,rekin,1,ezin,1,tezin,1,tun,1,kizun,1,go,1,ago,1,tio,1,dako,1,or,1,kor,1,tzat,1,du,1,gailu,1,tu,1,atu,1,aldatu,1,tatu,1,baditu,-1,ez,1,errez,1,tzez,1,gaitz,1,kaitz,1");
const a_1 = among("ada,1,kada,1,anda,1,denda,1,gabea,1,kabea,1,aldea,1,kaldea,1,taldea,1,ordea,1,zalea,1,tzalea,1,gilea,1,emea,1,kumea,1,nea,1,enea,1,zionea,1,unea,1,gunea,1,pea,1,aurrea,1,tea,1,kotea,1,artea,1,ostea,1,etxea,1,ga,1,anga,1,gaia,1,aldia,1,taldia,1,handia,1,mendia,1,geia,1,egia,1,degia,1,tegia,1,nahia,1,ohia,1,kia,1,tokia,1,oia,1,koia,1,aria,1,karia,1,laria,1,taria,1,eria,1,keria,1,teria,1,garria,2,larria,1,kirria,1,duria,1,asia,1,tia,1,ezia,1,bizia,1,ontzia,1,ka,1,joka,3,aurka,-1,ska,1,xka,1,zka,1,gibela,1,gela,1,kaila,1,skila,1,tila,1,ola,1,na,1,kana,1,ena,1,garrena,1,gerrena,1,urrena,1,zaina,1,tzaina,1,kina,1,mina,1,garna,1,una,1,duna,1,asuna,1,tasuna,1,ondoa,1,kondoa,1,ngoa,1,zioa,1,koa,1,takoa,1,zkoa,1,noa,1,zinoa,1,aroa,1,taroa,1,zaroa,1,eroa,1,oroa,1,osoa,1,toa,1,ttoa,1,ztoa,1,txoa,1,tzoa,1,ñoa,1,ra,1,ara,1,dara,1,liara,1,tiara,1,tara,1,etara,1,tzara,1,bera,1,kera,1,pera,1,ora,2,tzarra,1,korra,1,tra,1,sa,1,osa,1,ta,1,eta,1,keta,1,sta,1,dua,1,mendua,1,ordua,1,lekua,1,burua,1,durua,1,tsua,1,tua,1,mentua,1,estua,1,txua,1,zua,1,tzua,1,za,1,eza,1,eroza,1,tza,2,koitza,1,antza,1,gintza,1,kintza,1,kuntza,1,gabe,1,kabe,1,kide,1,alde,1,kalde,1,talde,1,orde,1,ge,1,zale,1,tzale,1,gile,1,eme,1,kume,1,ne,1,zione,1,une,1,gune,1,pe,1,aurre,1,te,1,kote,1,arte,1,oste,1,etxe,1,gai,1,di,1,aldi,1,taldi,1,geldi,-1,handi,1,mendi,1,gei,1,egi,1,degi,1,tegi,1,nahi,1,ohi,1,ki,1,toki,1,oi,1,goi,1,koi,1,ari,1,kari,1,lari,1,tari,1,garri,2,larri,1,kirri,1,duri,1,asi,1,ti,1,ontzi,1,ñi,1,ak,1,ek,1,tarik,1,gibel,1,ail,1,kail,1,kan,1,tan,1,etan,1,en,4,ren,2,garren,1,gerren,1,urren,1,ten,4,tzen,4,zain,1,tzain,1,kin,1,min,1,dun,1,asun,1,tasun,1,aizun,1,ondo,1,kondo,1,go,1,ngo,1,zio,1,ko,1,trako,5,tako,1,etako,1,eko,1,tariko,1,sko,1,tuko,1,minutuko,6,zko,1,no,1,zino,1,ro,1,aro,1,igaro,-1,taro,1,zaro,1,ero,1,giro,1,oro,1,oso,1,to,1,tto,1,zto,1,txo,1,tzo,1,gintzo,1,ño,1,zp,1,ar,1,dar,1,behar,1,zehar,-1,liar,1,tiar,1,tar,1,tzar,1,or,2,kor,1,os,1,ket,1,du,1,mendu,1,ordu,1,leku,1,buru,2,duru,1,tsu,1,tu,1,tatu,4,mentu,1,estu,1,txu,1,zu,1,tzu,1,gintzu,1,z,1,ez,1,eroz,1,tz,1,koitz,1");
const a_2 = among("zlea,2,keria,1,la,1,era,1,dade,1,tade,1,date,1,tate,1,gi,1,ki,1,ik,1,lanik,1,rik,1,larik,1,ztik,1,go,1,ro,1,ero,1,to,1");
function r_mark_regions() {
  let v_1, v_2, v_3, v_4, v_5;
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
        lab3: {
          v_3 = cursor;
          lab4: {
            if (!out_grouping(g_v)) {
              break lab4;
            }
            if (!go_out_grouping(g_v)) {
              break lab4;
            }
            cursor += 1;
            break lab3;
          }
          cursor = v_3;
          if (!in_grouping(g_v)) {
            break lab2;
          }
          if (!go_in_grouping(g_v)) {
            break lab2;
          }
          cursor += 1;
        }
        break lab1;
      }
      cursor = v_2;
      if (!out_grouping(g_v)) {
        break lab0;
      }
      lab5: {
        v_4 = cursor;
        lab6: {
          if (!out_grouping(g_v)) {
            break lab6;
          }
          if (!go_out_grouping(g_v)) {
            break lab6;
          }
          cursor += 1;
          break lab5;
        }
        cursor = v_4;
        if (!in_grouping(g_v)) {
          break lab0;
        }
        if (cursor >= limit) {
          break lab0;
        }
        cursor += 1;
      }
    }
    I_pV = cursor;
  }
  cursor = v_1;
  v_5 = cursor;
  lab7: {
    if (!go_out_grouping(g_v)) {
      break lab7;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab7;
    }
    cursor += 1;
    I_p1 = cursor;
    if (!go_out_grouping(g_v)) {
      break lab7;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab7;
    }
    cursor += 1;
    I_p2 = cursor;
  }
  cursor = v_5;
  return true;
}
function r_RV() {
  return I_pV <= cursor;
}
function r_R2() {
  return I_p2 <= cursor;
}
function r_R1() {
  return I_p1 <= cursor;
}
function r_aditzak() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_0);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!r_RV()) {
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
    }
  }
  return true;
}
function r_izenak() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_1);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!r_RV()) {
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
    } else {
      if (among_var === 3) {
        if (!slice_from("jok")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!r_R1()) {
            return false;
          }
          if (!slice_del()) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!slice_from("tra")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!slice_from("minutu")) {
                return false;
              }
            }
          }
        }
      }
    }
  }
  return true;
}
function r_adjetiboak() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_2);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!r_RV()) {
      return false;
    }
    if (!slice_del()) {
      return false;
    }
  } else {
    if (!slice_from("z")) {
      return false;
    }
  }
  return true;
}
function stem() {
  let v_2, v_3, v_4;
  r_mark_regions();
  limit_backward = cursor;
  cursor = limit;
  while (true) {
    v_2 = (limit - cursor);
    lab0: {
      if (!r_aditzak()) {
        break lab0;
      }
      continue;
    }
    cursor = (limit - v_2);
    break;
  }
  while (true) {
    v_3 = (limit - cursor);
    lab1: {
      if (!r_izenak()) {
        break lab1;
      }
      continue;
    }
    cursor = (limit - v_3);
    break;
  }
  v_4 = (limit - cursor);
  r_adjetiboak();
  cursor = (limit - v_4);
  cursor = limit_backward;
  return true;
}
export const basque = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
