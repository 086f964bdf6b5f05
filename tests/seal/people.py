"""People with keys, and small sealed files: for the tests of sealed files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pyrage

import memcodec
from memcodec.config.settings import Settings

DOCUMENTS = {
    "birds/herons.md": "# Herons\n\nThe heron nests in April, unseen by the miller.\n" * 3,
    "letters/ada.txt": "Dear Ada,\n\nthe swallows are back, and the kettle is broken.\n",
    "notes.txt": "Buy bread.\nThe kettle whistles.\n" * 40,
}


class Person(NamedTuple):
    """A secret key of age, and the recipient that it is for."""

    identity: str
    recipient: str


#: somebody with a post-quantum key, which age's own JavaScript implementation made; of nobody
HYBRID = Person(
    "AGE-SECRET-KEY-PQ-128HNZU92CTVECART446CDWCU3V7UXPC5EQJEM0X4JEWJHCAS2GLSV6U5VX",
    (
        "age1pq1ssjfe6jjr7etzumq5kkegzgjud62maxmwkeezrglwu0fxxex3ycyrfymeyxjs6ldq3dgjfvk7wv4qp5e5"
        "g5wkvkexsatt4ppk6ztnxthy3avgprwmslmfppp6jnznlrn5cqadq26cw6r39enydgvjsthx6s73pfcuws28f6em"
        "ffcy3k3c3378rwrghxuq0r0e8e876vz2cyep2gessgcwpmtxas5ur3yj7pdq78sc22qm8qcktz9xynckdexvw6ex"
        "uzvj2qszyj4t2f9dgn3spfx5ynen6szp8rrur6gwssek8s9jpcsmczvun9ks8ksyhkvzejhwq9pxxffa5yrjh6rc"
        "yuhcr6c33vs955ja6qzu8s9j2j8g45w632yzpwyfs2z35umk5ayhddmmzwzuuda34f4zcfghfx4d9uj6xzlq6eh9"
        "fzm3t8g9cwsrspupjj66x3078ensumvfk0mxj68vqvfuet76gf3py86fxva9vmf33jy4wshsy24uuujepuu02p29"
        "wfxd2mtxwsp840zhjly8r5rpwcfffr3cc2jka343xu7qgrmyz40x6n65rv6py28khertrqw5u4hhqt77cmfey0fv"
        "g2jyekk9fu6jkt9tpyfx93z49v7krgtu952edfs4lyvr8szp58zgp47kxm23jgvg94zzxv94vkn9fc6fvql4qndq"
        "zdk6hytff8mnxpe6qcn2jq6lygcq4vqklehy5v8xaqdgqzmyxfpujw53vrajsfc54kj69xrhaucz32yxt53j3cmm"
        "yvmvf3surpn4s5p2l4g52xwpg33a54xxmac4a6yrgmqf9svkay0lk2q3k4pmx9x0nn8cggw92mvwva2e7uymw723"
        "ytjsf9h33qlvznrs9c4qhgh8fynhwm809k0w7yw25t37734wsvjcpwqasaeyy40lamkswmstknes8jmgkx39wg5p"
        "cgs3496x0fnrnmw8s8hz2djspq2q3aqwrxvx23dcxllzvr5uhg4lwjqre9knf7szzt8kj5gjdjh8s8z45u3wxwkk"
        "u9wews6x5v3udjkp5p93pxgjytjh6cjcnq5ers3rstk2gqq0fjmtlz4m3zgcvthqdj0xlctk93rxvc4zsdn0h4hz"
        "9k3zf97mp63xsd5trfr4qwmh85dw6y5ng3mltym30v4cwfkr6uzqdqssfvcaj9z23gyrpt5ergyqsfglxtrkqzyq"
        "apsyweceelerxju5d3xvsjs8v4tkrzpe7ejwgnxkkeeq426m5e3xea20gc5k3jry23lsxrz5ansg58eqt88jr8p5"
        "uj899fnl35xaewhgy5akqwy4zu8jv3ze8vfs2n63zw88yetkj8fs6973crnexpk5p99g89cy5h3t5zsc92j8gatc"
        "ndf4r6mzwvs7updyserg7f9pxqshf7vujuhtdwd69ssry0jrc2vc6jj2uq4v9j7c6gyhm9f4aj4ep606upcm4qzj"
        "3j96wky094wgw225e4x3w5caaes2x6f9085kw578p0nmet8ka4qpwss3d2azxeaggsz5jvs3wdvqqgnhrcj4yur3"
        "nxssx96w2rgf3r3x6wqgw2x8dve4xpyzx4uu8fxwt5fwv6f6v0pqlz4kg9c09h8w8kn4nsndpy0c5rx3ztcj2apn"
        "n02cza26wg2njz5g0seyq39ecrh2e5kpv9lwda8kh2yahr6plejqfuuh9g6s2jzsd94dttxyc38y3kxatxh8f5js"
        "fmxnje5h5xmhwcjghy3kxpl05j3lj090ka3ks7ycd7wtwuzwldq8jt9pemnzqf7zjruph9aldt6ssux9ajhrf5pk"
        "v2y0suztan6yl870svq3f5w82m9m54v5yq4gnatyw76f54hgly63knk0c24962jaag43kp42qz4km4xm9xvpfwts"
        "3d3exejq2qngx8zpuzd8n8n"
    ),
)


def person() -> Person:
    made = pyrage.x25519.Identity.generate()
    return Person(str(made), str(made.to_public()))


def sealed(
    path: Path,
    *recipients: str,
    documents: Mapping[str, str] = DOCUMENTS,
    passphrase: str | None = None,
    **options: object,
) -> Path:
    """A sealed file. ``options``: settings by name."""
    settings = Settings.of(**{"model": "none", **options})  # type: ignore[arg-type]
    with memcodec.create(path, settings=settings, seal=recipients, passphrase=passphrase) as memory:
        for uri, text in documents.items():
            memory.add(text, uri=uri, tags={"kind": "letter"})
    return path


def read(path: Path | bytes, unlock: str | None = None, passphrase: str | None = None) -> dict[str, str]:
    """The documents of a file."""
    with memcodec.open(path, unlock=unlock, passphrase=passphrase) as memory:
        return {each.uri: memory.read(each) for each in memory}
