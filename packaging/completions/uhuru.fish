# Completions of uhuru for fish. The program itself knows what may stand where.
function __uhuru_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l answer ($words[1] --complete $words[2..-1] "$word" 2>/dev/null)
    switch "$answer[1]"
        case files
            __fish_complete_path "$word"
        case folders
            __fish_complete_directories "$word" ''
    end
    string join \n -- $answer[2..-1]
end
complete -c uhuru -f -a '(__uhuru_complete)'
