#!/bin/sh
# Put Rubato into the menu of this user's desktop:  packaging/menu-entry.sh
# Take it out again:                                packaging/menu-entry.sh --remove
# The form is the Desktop Entry Specification of freedesktop.org.

set -e
root=$(dirname "$(dirname "$(readlink -f "$0")")")
share=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$share/applications/rubato-desktop.desktop
icon=$share/icons/hicolor/scalable/apps/rubato-desktop.svg

if [ "$1" = --remove ]; then
    rm -f "$entry" "$icon"
    echo "Rubato is no longer in the menu."
    exit
fi

mkdir -p "$(dirname "$entry")" "$(dirname "$icon")"
cp "$root/resources/icons/rubato.svg" "$icon"
# In a quoted Exec, backslashes and the characters " ` $ are escaped, and % is doubled.
program=$(printf %s "$root/run" | sed -e 's/[\\"`$]/\\\\&/g' -e 's/%/%%/g')
cat > "$entry" <<END
[Desktop Entry]
Type=Application
Name=Rubato
GenericName=Played desktop
Comment=Play a 25-key controller as keyboard, mouse and remote control
Exec="$program"
Icon=rubato-desktop
Terminal=false
Categories=AudioVideo;Audio;Midi;Accessibility;
Keywords=MIDI;piano;keyboard;screen reader;
StartupWMClass=rubato-desktop
END
echo "Rubato is in the menu."
