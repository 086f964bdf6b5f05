#!/usr/bin/env bash
# A real S3 server on loopback for tests: Ceph's radosgw over one monitor and one store in memory.
# Use: radosgw.sh DIR PORT MON_PORT MON_PORT_V1. Returns when it answers; DIR/run/*.pid are the processes to end.
# Key AKAKAKAK, secret SKSKSKSKSKSK. Needs the Debian packages radosgw, ceph-mon and ceph-osd.
set -euo pipefail
dir=$(realpath -m "$1") port=$2 mon="[v2:127.0.0.1:$3,v1:127.0.0.1:$4]"
mkdir -p "$dir"/{run,log,mon,osd,rgw}
conf="$dir/ceph.conf"
cat >"$conf" <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = $mon
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms mon service mode = crc
ms mon cluster mode = crc
ms client mode = crc
ms bind ipv6 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
run dir = $dir/run
admin socket = $dir/run/\$name.asok
pid file = $dir/run/\$name.pid
log file = $dir/log/\$name.log
[mon.a]
mon data = $dir/mon
paxos propose interval = 0.05
paxos min wait = 0.01
mon addr = $mon
[osd]
osd data = $dir/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd op num shards = 1
osd fast shutdown = true
[client]
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw data = $dir/rgw
rgw run sync thread = false
rgw enable usage log = false
CONF
cd "$dir"
monmaptool --create --clobber --fsid "$(sed -n 's/^fsid = //p' "$conf")" --addv a "$mon" monmap >/dev/null
ceph-mon -c "$conf" -i a --mkfs --monmap monmap
ceph-mon -c "$conf" -i a
id=$(cat /proc/sys/kernel/random/uuid)
timeout 30 ceph -c "$conf" osd new "$id" >/dev/null
ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$id" >/dev/null 2>&1
timeout 30 ceph -c "$conf" osd crush add osd.0 1.0 root=default host=h0 >/dev/null 2>&1 || true
ceph-osd -c "$conf" -i 0 >/dev/null
for _ in $(seq 80); do timeout 10 ceph -c "$conf" osd stat 2>/dev/null | grep -q '1 up' && break; sleep 0.25; done
radosgw -c "$conf" -n client.admin
for _ in $(seq 300); do curl -s -o /dev/null "http://127.0.0.1:$port/" && break; sleep 0.1; done
timeout 60 radosgw-admin -c "$conf" user create --uid=t --display-name=t \
    --access-key=AKAKAKAK --secret-key=SKSKSKSKSKSK >/dev/null
