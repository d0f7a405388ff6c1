
# How many words before the cursor are neither options nor values of options, without the program itself.
function __meshctl_words
    set -l count 0
    set -l value no
    for word in (commandline -opc)[2..-1]
        if test $value = yes
            set value no
        else if contains -- $word $__meshctl_options_with_values
            set value yes
        else if not string match -q -- '-*' $word
            set count (math $count + 1)
        end
    end
    echo $count
end

# Names are known to the server, and contexts are in a file. The program answers within about a second or not at all, and asks for nothing,
# since it is given no terminal.
function __meshctl_names
    set -l words (commandline -opc)
    $words[1] __complete (commandline -cp | string collect) 2>/dev/null </dev/null
end

