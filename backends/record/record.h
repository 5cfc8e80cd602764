/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shared by the files of the recorder: its settings, and how an event is put
 * into the lane of the calling thread.
 */
#ifndef VMM_RECORD_H
#define VMM_RECORD_H

#include "backends/record/lane.h"
#include "backends/record/stack.h"
#include "base/seal.h"
#include "vmmalloc/backend.h"

#define VMM_RECORD_GRANULE 16
#define VMM_RECORD_SIZE_MIN 9 /* ABI: such blocks are aligned to 16 bytes */
#define VMM_RECORD_SHIFT 44   /* of the lane, in the number of a block */

/* Read-only once the library is live. */
union vmm_record_settings {
	struct {
		struct vmmalloc_backend inner;
		struct vmmalloc_host host; /* with our thread_attach */
		const struct vmmalloc_host *outer;
		uintptr_t pool_base;
		uint64_t *numbers; /* of blocks; 0: not recorded */
		uint16_t *samples; /* see sample.c */
		uint32_t sample;   /* mean bytes between two; 0: all blocks */
		uint32_t depth;	   /* frames of a stack; 0: no stacks */
	};
	char page[VMM_SEAL_ALIGN];
};
extern union vmm_record_settings vmm_record;

extern _Thread_local struct vmm_lane *vmm_record_mine
	__attribute__((tls_model("initial-exec")));

/* The slow path of vmm_record_lane. */
struct vmm_lane *vmm_record_get_room(void);

/* Gets the memory for samples. 0, or -1 with errno. */
int vmm_record_sample_init(size_t pool_size);

/* Puts the functions for samples into the table. */
void vmm_record_use_samples(struct vmmalloc_backend *self);

/* Those for all calls. */
void *vmm_record_malloc(size_t size);
void *vmm_record_calloc(size_t nmemb, size_t size);
void *vmm_record_memalign(size_t alignment, size_t size);
void *vmm_record_realloc(void *ptr, size_t size);
void vmm_record_free(void *ptr);
void vmm_record_free_sized(void *ptr, size_t size);

/* The lane of this thread, with room for an event; NULL: do not record. */
static inline struct vmm_lane *
vmm_record_lane(void)
{
	struct vmm_lane *lane = vmm_record_mine;

	if (__builtin_expect(lane != NULL && lane->left > 0, 1))
		return lane;
	return vmm_record_get_room();
}

static inline uint64_t *
vmm_record_number(const void *ptr)
{
	return &vmm_record.numbers[((uintptr_t)ptr - vmm_record.pool_base) /
		VMM_RECORD_GRANULE];
}

static inline size_t
vmm_record_padded(size_t size)
{
	return size < VMM_RECORD_SIZE_MIN ? VMM_RECORD_SIZE_MIN : size;
}

/* Comes after the columns: a thread that sees the event sees them as well. */
static inline void
vmm_record_end_event(struct vmm_lane *lane, unsigned int tag)
{
	*lane->tags++ = (uint8_t)tag;
	lane->left--;
	__atomic_store_n(&lane->events, lane->events + 1, __ATOMIC_RELEASE);
}

/* Returns the tag for this kind of reference. */
static inline unsigned int
vmm_record_put_ref(struct vmm_lane *lane, uint64_t number)
{
	uint64_t block = number & ((UINT64_C(1) << VMM_RECORD_SHIFT) - 1);
	uint32_t from = (uint32_t)(number >> VMM_RECORD_SHIFT) - 1;

	if (__builtin_expect(from == lane->number, 1)) {
		lane->refs =
			vmm_trace_put_number(lane->refs, lane->blocks - block);
		return VMM_TRACE_REF_OWN;
	}
	if (number == 0)
		return VMM_TRACE_REF_UNKNOWN;
	lane->refs = vmm_trace_put_number(
		lane->refs, vmm_trace_fold((int64_t)from - lane->other_lane));
	lane->refs = vmm_trace_put_number(
		lane->refs, vmm_trace_fold((int64_t)(block - lane->other)));
	lane->other_lane = from;
	lane->other = block;
	return VMM_TRACE_REF_OTHER;
}

/* An allocation, as its function sees it. */
struct vmm_record_call {
	size_t size;
	unsigned int tag;      /* without a reference */
	unsigned int log_size; /* of the alignment, for memalign */
	struct vmm_unwind_place from;
};

/*
 * Notes that the call returned ptr, which may be NULL. old is the number of the
 * block that it freed, for realloc.
 */
static inline void *
vmm_record_note(void *ptr, const struct vmm_record_call *call, uint64_t old)
{
	struct vmm_lane *lane = vmm_record_lane();
	unsigned int tag = ptr != NULL ? call->tag : VMM_TRACE_FAILED;
	unsigned int kind = tag & VMM_TRACE_KIND_MASK;
	uint32_t stack = 0;

	if (__builtin_expect(vmm_record.depth > 0, 0) && ptr != NULL &&
		lane != NULL) {
		stack = vmm_stack_find(lane, &call->from);
		/* the C library may have allocated in between */
		lane = vmm_record_lane();
	}
	if (__builtin_expect(lane == NULL, 0)) {
		if (ptr != NULL)
			*vmm_record_number(ptr) = 0;
		return ptr;
	}
	if (kind == VMM_TRACE_REALLOC)
		tag |= vmm_record_put_ref(lane, old);
	if (kind == VMM_TRACE_MEMALIGN)
		*lane->sizes++ = (uint8_t)call->log_size;
	lane->sizes = vmm_trace_put_number(lane->sizes, call->size);
	if (__builtin_expect(ptr != NULL, 1)) {
		*vmm_record_number(ptr) = (uint64_t)(lane->number + 1)
				<< VMM_RECORD_SHIFT |
			lane->blocks++;
		if (__builtin_expect(vmm_record.depth > 0, 0))
			lane->stacks =
				vmm_trace_put_number(lane->stacks, stack);
	}
	vmm_record_end_event(lane, tag);
	return ptr;
}

#endif /* VMM_RECORD_H */
