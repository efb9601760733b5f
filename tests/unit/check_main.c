/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the one suite that a unit test file defines. */
#include <stdlib.h>
#include <check.h>

#include "unit/check_main.h"

int
main(void)
{
    SRunner *runner = srunner_create(test_suite());

    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
