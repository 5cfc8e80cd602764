// SPDX-License-Identifier: BSD-3-Clause
// Calls of the operators that a program replaces; see replaced.cc.
#ifndef REPLACED_H
#define REPLACED_H

extern unsigned int replaced_news, replaced_deletes;

#endif // REPLACED_H
