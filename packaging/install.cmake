# What is installed beside the program: manual pages, completions, licences, documents and examples.
set(UHURU_ZSH_FOLDER ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING
    "Where zsh finds completions")
set(UHURU_CPP_EXAMPLES ${CMAKE_INSTALL_DOCDIR}/examples CACHE STRING "Where cpp is installed")

# Each command has a page, made of its --help.
set(pages ${CMAKE_BINARY_DIR}/man)
add_custom_command(TARGET uhuru POST_BUILD
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${pages}
  COMMAND uhuru --write-manual ${pages}
  COMMENT "Writing the manual pages" VERBATIM)
if(UHURU_DEBIAN)
  add_custom_command(TARGET uhuru POST_BUILD COMMAND sh -c "exec gzip -9n '${pages}'/*.1" VERBATIM)
endif()
install(DIRECTORY ${pages}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)

set(completions ${CMAKE_SOURCE_DIR}/packaging/completions)
install(FILES ${completions}/uhuru.bash RENAME uhuru COMPONENT program
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completions}/_uhuru DESTINATION ${UHURU_ZSH_FOLDER} COMPONENT program)
install(FILES ${completions}/uhuru.fish COMPONENT program
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program
        FILES_MATCHING PATTERN *.md PATTERN *.png PATTERN *.ipynb)
install(FILES examples/detections.vot DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT program)
install(FILES examples/slurm/cluster.sh DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/slurm
        COMPONENT program)
install(DIRECTORY examples/cpp DESTINATION ${UHURU_CPP_EXAMPLES} COMPONENT development)
if(NOT UHURU_DEBIAN)
  install(FILES CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
endif()
# Of the packages that are bundled into the pages; that of uhuru report carries its own.
foreach(file IN LISTS UHURU_EMBEDDED)
  if(file MATCHES "^web/(playground|images)/.*licences.txt$")
    install(FILES ${CMAKE_BINARY_DIR}/${file} RENAME ${CMAKE_MATCH_1}.txt COMPONENT program
            DESTINATION ${CMAKE_INSTALL_DOCDIR}/licences)
  endif()
endforeach()
