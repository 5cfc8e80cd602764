# SPDX-License-Identifier: BSD-3-Clause
# LuaJIT: compiled loops before and after fork, in parent and child.
. "$TEST_SRCDIR/tests/lib.sh"

need luajit
exec luajit -e '
local ffi = require("ffi")
ffi.cdef[[
int fork(void);
void _exit(int status);
int waitpid(int pid, int *status, int options);
void *malloc(size_t size);
void free(void *p);
]]

local function work(n)
	local sum, list = 0, {}
	for i = 1, 200000 do
		sum = (sum + i * n) % 1000003
		if i % 100 == 0 then list[#list + 1] = tostring(i) end
	end
	for _ = 1, 1000 do ffi.C.free(ffi.C.malloc(5000)) end
	return (sum + #table.concat(list)) % 200
end

print(work(1))
for i = 1, 4 do
	local pid = ffi.C.fork()
	if pid == 0 then ffi.C._exit(work(i)) end
	local here, status = work(i + 1), ffi.new("int[1]")
	assert(ffi.C.waitpid(pid, status, 0) == pid)
	print(status[0], here)
end
'
