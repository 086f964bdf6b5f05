// Snowball's lithuanian: made by stemmers.py of what Snowball generated (BSD, docs/DEPENDENCIES.md).
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
const g_v = "aeiyouąęįųėū";
let I_p1 = 0;
const a_0 = among("a,-1,ia,-1,eria,-1,osna,-1,iosna,-1,uosna,-1,iuosna,-1,ysna,-1,ėsna,-1,e,-1,ie,-1,enie,-1,erie,-1,oje,-1,ioje,-1,uje,-1,iuje,-1,yje,-1,enyje,-1,eryje,-1,ėje,-1,ame,-1,iame,-1,sime,-1,ome,-1,ėme,-1,tumėme,-1,ose,-1,iose,-1,uose,-1,iuose,-1,yse,-1,enyse,-1,eryse,-1,ėse,-1,ate,-1,iate,-1,ite,-1,kite,-1,site,-1,ote,-1,tute,-1,ėte,-1,tumėte,-1,i,-1,ai,-1,iai,-1,eriai,-1,ei,-1,tumei,-1,ki,-1,imi,-1,erimi,-1,umi,-1,iumi,-1,si,-1,asi,-1,iasi,-1,esi,-1,iesi,-1,siesi,-1,isi,-1,aisi,-1,eisi,-1,tumeisi,-1,uisi,-1,osi,-1,ėjosi,-1,uosi,-1,iuosi,-1,siuosi,-1,usi,-1,ausi,-1,čiausi,-1,ąsi,-1,ėsi,-1,ųsi,-1,tųsi,-1,ti,-1,enti,-1,inti,-1,oti,-1,ioti,-1,uoti,-1,iuoti,-1,auti,-1,iauti,-1,yti,-1,ėti,-1,telėti,-1,inėti,-1,terėti,-1,ui,-1,iui,-1,eniui,-1,oj,-1,ėj,-1,k,-1,am,-1,iam,-1,iem,-1,im,-1,sim,-1,om,-1,tum,-1,ėm,-1,tumėm,-1,an,-1,on,-1,ion,-1,un,-1,iun,-1,ėn,-1,o,-1,io,-1,enio,-1,ėjo,-1,uo,-1,s,-1,as,-1,ias,-1,es,-1,ies,-1,is,-1,ais,-1,iais,-1,tumeis,-1,imis,-1,enimis,-1,omis,-1,iomis,-1,umis,-1,ėmis,-1,enis,-1,asis,-1,ysis,-1,ams,-1,iams,-1,iems,-1,ims,-1,enims,-1,erims,-1,oms,-1,ioms,-1,ums,-1,ėms,-1,ens,-1,os,-1,ios,-1,uos,-1,iuos,-1,ers,-1,us,-1,aus,-1,iaus,-1,ius,-1,ys,-1,enys,-1,erys,-1,ąs,-1,iąs,-1,ės,-1,amės,-1,iamės,-1,imės,-1,kimės,-1,simės,-1,omės,-1,ėmės,-1,tumėmės,-1,atės,-1,iatės,-1,sitės,-1,otės,-1,ėtės,-1,tumėtės,-1,įs,-1,ūs,-1,tųs,-1,at,-1,iat,-1,it,-1,sit,-1,ot,-1,ėt,-1,tumėt,-1,u,-1,au,-1,iau,-1,čiau,-1,iu,-1,eniu,-1,siu,-1,y,-1,ą,-1,ią,-1,ė,-1,ę,-1,į,-1,enį,-1,erį,-1,ų,-1,ių,-1,erų,-1");
const a_1 = among("ing,-1,aj,-1,iaj,-1,iej,-1,oj,-1,ioj,-1,uoj,-1,iuoj,-1,auj,-1,ąj,-1,iąj,-1,ėj,-1,ųj,-1,iųj,-1,ok,-1,iok,-1,iuk,-1,uliuk,-1,učiuk,-1,išk,-1,iul,-1,yl,-1,ėl,-1,am,-1,dam,-1,jam,-1,zgan,-1,ain,-1,esn,-1,op,-1,iop,-1,ias,-1,ies,-1,ais,-1,iais,-1,os,-1,ios,-1,uos,-1,iuos,-1,aus,-1,iaus,-1,ąs,-1,iąs,-1,ęs,-1,utėait,-1,ant,-1,iant,-1,siant,-1,int,-1,ot,-1,uot,-1,iuot,-1,yt,-1,ėt,-1,ykšt,-1,iau,-1,dav,-1,sv,-1,šv,-1,ykšč,-1,ę,-1,ėję,-1");
const a_2 = among("ojime,7,ėjime,3,avime,6,okate,8,aite,1,uote,2,asius,5,okatės,8,aitės,1,uotės,2,esiu,4");
const a_3 = among("č,1,dž,2");
const a_4 = among("gd,1");
function r_step1() {
  let v_2;
  if (cursor < I_p1) {
    return false;
  }
  v_2 = limit_backward;
  limit_backward = I_p1;
  ket = cursor;
  if (find_among_b(a_0) === 0) {
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
function r_step2() {
  let v_1, v_3;
  while (true) {
    v_1 = (limit - cursor);
    lab0: {
      if (cursor < I_p1) {
        break lab0;
      }
      v_3 = limit_backward;
      limit_backward = I_p1;
      ket = cursor;
      if (find_among_b(a_1) === 0) {
        limit_backward = v_3;
        break lab0;
      }
      bra = cursor;
      limit_backward = v_3;
      if (!slice_del()) {
        return false;
      }
      continue;
    }
    cursor = (limit - v_1);
    break;
  }
  return true;
}
function r_fix_conflicts() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_2);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!slice_from("aitė")) {
      return false;
    }
  } else {
    if (among_var === 2) {
      if (!slice_from("uotė")) {
        return false;
      }
    } else {
      if (among_var === 3) {
        if (!slice_from("ėjimas")) {
          return false;
        }
      } else {
        if (among_var === 4) {
          if (!slice_from("esys")) {
            return false;
          }
        } else {
          if (among_var === 5) {
            if (!slice_from("asys")) {
              return false;
            }
          } else {
            if (among_var === 6) {
              if (!slice_from("avimas")) {
                return false;
              }
            } else {
              if (among_var === 7) {
                if (!slice_from("ojimas")) {
                  return false;
                }
              } else {
                if (!slice_from("okatė")) {
                  return false;
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
function r_fix_chdz() {
  let among_var;
  ket = cursor;
  among_var = find_among_b(a_3);
  if (among_var === 0) {
    return false;
  }
  bra = cursor;
  if (among_var === 1) {
    if (!slice_from("t")) {
      return false;
    }
  } else {
    if (!slice_from("d")) {
      return false;
    }
  }
  return true;
}
function r_fix_gd() {
  ket = cursor;
  if (find_among_b(a_4) === 0) {
    return false;
  }
  bra = cursor;
  if (!slice_from("g")) {
    return false;
  }
  return true;
}
function stem() {
  let v_1, v_2, v_3, v_4, v_5, v_6, v_7, v_8, v_9;
  I_p1 = limit;
  v_1 = cursor;
  lab0: {
    v_2 = cursor;
    lab1: {
      v_3 = cursor;
      if (!eq_s("a")) {
        cursor = v_2;
        break lab1;
      }
      cursor = v_3;
      if (current.length <= 6) {
        cursor = v_2;
        break lab1;
      }
      if (cursor >= limit) {
        cursor = v_2;
        break lab1;
      }
      cursor += 1;
    }
    if (!go_out_grouping(g_v)) {
      break lab0;
    }
    cursor += 1;
    if (!go_in_grouping(g_v)) {
      break lab0;
    }
    cursor += 1;
    I_p1 = cursor;
  }
  cursor = v_1;
  limit_backward = cursor;
  cursor = limit;
  v_4 = (limit - cursor);
  r_fix_conflicts();
  cursor = (limit - v_4);
  v_5 = (limit - cursor);
  r_step1();
  cursor = (limit - v_5);
  v_6 = (limit - cursor);
  r_fix_chdz();
  cursor = (limit - v_6);
  v_7 = (limit - cursor);
  r_step2();
  cursor = (limit - v_7);
  v_8 = (limit - cursor);
  r_fix_chdz();
  cursor = (limit - v_8);
  v_9 = (limit - cursor);
  r_fix_gd();
  cursor = (limit - v_9);
  cursor = limit_backward;
  return true;
}
export const lithuanian = (word) => {
  current = word;
  cursor = limit_backward = bra = 0;
  limit = ket = word.length;
  stem();
  return current;
};
