/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of the recorder that note each call. */
#include "config.h"

#include "backends/record/record.h"

#define inner (vmm_record.inner)

#define CALL(bytes, kind)           \
	(&(struct vmm_record_call){ \
		.size = (bytes), .tag = (kind), .from = VMM_UNWIND_HERE })

void *
vmm_record_malloc(size_t size)
{
	return vmm_record_note(inner.malloc(vmm_record_padded(size)),
		CALL(size, VMM_TRACE_MALLOC), 0);
}

void *
vmm_record_calloc(size_t nmemb, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(nmemb, size, &bytes))
		return vmm_record_note(inner.calloc(nmemb, size),
			CALL(SIZE_MAX, VMM_TRACE_CALLOC), 0);
	return vmm_record_note(bytes < VMM_RECORD_SIZE_MIN
			? inner.calloc(1, VMM_RECORD_SIZE_MIN)
			: inner.calloc(nmemb, size),
		CALL(bytes, VMM_TRACE_CALLOC), 0);
}

void *
vmm_record_memalign(size_t alignment, size_t size)
{
	struct vmm_record_call *call = CALL(size, VMM_TRACE_MEMALIGN);

	call->log_size = (unsigned int)__builtin_ctzl(alignment);
	return vmm_record_note(
		inner.memalign(alignment, vmm_record_padded(size)), call, 0);
}

void *
vmm_record_realloc(void *ptr, size_t size)
{
	struct vmm_record_call *call = CALL(size, VMM_TRACE_REALLOC);
	uint64_t old = *vmm_record_number(ptr);
	void *moved = inner.realloc(ptr, vmm_record_padded(size));

	if (moved != ptr)
		call->tag |= VMM_TRACE_MOVED;
	return vmm_record_note(moved, call, old);
}

static inline void
note_free(void *ptr)
{
	struct vmm_lane *lane = vmm_record_lane();

	if (lane != NULL)
		vmm_record_end_event(lane,
			VMM_TRACE_FREE |
				vmm_record_put_ref(
					lane, *vmm_record_number(ptr)));
}

void
vmm_record_free(void *ptr)
{
	note_free(ptr);
	inner.free(ptr);
}

void
vmm_record_free_sized(void *ptr, size_t size)
{
	note_free(ptr);
	inner.free_sized(ptr, vmm_record_padded(size));
}
