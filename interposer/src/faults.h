/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fatal signals: recorded where the program has not asked for them itself, then they take their
 * course.
 */
#ifndef DLT_FAULTS_H
#define DLT_FAULTS_H

/* Once, at start: takes the signals whose disposition is the default. */
void dlt_faults_start(void);

#endif
