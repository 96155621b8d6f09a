# Makes a ctest of each doctest case of TARGET, labelled with its suite. doctest's own script asks
# the program once for each label and loses the label of a name with a comma in it.
#
# Included: defines edgewise_discover_tests(target). Run with -P: writes the list of tests.
if(NOT CMAKE_SCRIPT_MODE_FILE)
    set(EDGEWISE_DISCOVER ${CMAKE_CURRENT_LIST_FILE})
    function(edgewise_discover_tests target)
        set(list "${CMAKE_CURRENT_BINARY_DIR}/${target}_list.cmake")
        add_custom_command(TARGET ${target} POST_BUILD BYPRODUCTS ${list} VERBATIM
            COMMAND ${CMAKE_COMMAND} -DEXE=$<TARGET_FILE:${target}> -DLIST=${list}
                    -P ${EDGEWISE_DISCOVER})
        set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${EDGEWISE_DISCOVER})
        set(include "${CMAKE_CURRENT_BINARY_DIR}/${target}_include.cmake")
        file(CONFIGURE OUTPUT ${include} CONTENT
            "if(EXISTS \"${list}\")\n    include(\"${list}\")\nelse()\n    add_test(${target}_NOT_BUILT ${target}_NOT_BUILT)\nendif()\n")
        set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include})
    endfunction()
    return()
endif()

execute_process(COMMAND ${EXE} --list-test-cases --reporters=xml
    OUTPUT_VARIABLE xml COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "<TestCase [^>]*>" cases "${xml}")
set(script "")
foreach(case IN LISTS cases)
    if(NOT case MATCHES "name=\"([^\"]*)\"( testsuite=\"([^\"]*)\")?")
        message(FATAL_ERROR "not a test case: ${case}")
    endif()
    set(name "${CMAKE_MATCH_1}")
    set(suite "${CMAKE_MATCH_3}")
    foreach(pair "&apos;='" "&quot;=\"" "&lt;=<" "&gt;=>" "&amp;=&")
        string(REGEX MATCH "^([^=]*)=(.*)$" pair "${pair}")
        string(REPLACE "${CMAKE_MATCH_1}" "${CMAKE_MATCH_2}" name "${name}")
    endforeach()
    string(REPLACE "," "\\," filter "${name}")   # a comma separates filters
    # doctest is content when a filter matches nothing; we are not.
    string(APPEND script
        "add_test([==[${suite}: ${name}]==] [==[${EXE}]==] [==[--test-suite=${suite}]==] [==[--test-case=${filter}]==])\n"
        "set_tests_properties([==[${suite}: ${name}]==] PROPERTIES LABELS [==[${suite}]==] TIMEOUT 600 FAIL_REGULAR_EXPRESSION [==[test cases: +0 ]==])\n")
endforeach()
file(WRITE ${LIST} "${script}")
