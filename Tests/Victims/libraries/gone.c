/*
 * There for linking libneedy only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
void gone_work(void);
void gone_work(void)
{
}
