# SPDX-License-Identifier: BSD-3-Clause
# node: its own heap next to malloc, many threads, buffers.
. "$TEST_SRCDIR/tests/lib.sh"

need node
exec node -e '
const crypto = require("crypto");
const zlib = require("zlib");
const rows = [];
for (let i = 0; i < 20000; i++)
	rows.push({ i, text: "row " + i, list: [i, i * 2, i * 3] });
const text = JSON.stringify(rows);
console.log(crypto.createHash("sha256").update(text).digest("hex"));
console.log(JSON.parse(text).length);
const packed = zlib.gzipSync(text);
console.log(zlib.gunzipSync(packed).toString() === text);
let total = 0;
for (let i = 0; i < 200; i++)
	total += Buffer.alloc(100000 + i, i).reduce((a, b) => a + b % 2, 0);
console.log(total);
zlib.deflate(text, (err, out) => {
	console.log(err, zlib.inflateSync(out).length === text.length);
});
'
